"""The pages of the desk: one item a screen, whole queues, decisions on many. The workplace lets people in."""

import uuid

from django.contrib import admin, messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from portal import answers, decisions, desk, figures, waits
from stations import history, reach
from stations.refusals import Refusal, first_refusal

PAGE = 50
NAMED = 5  # of what was not possible in a decision on many; the others are counted


def first_page(request):
    """What the first page of the workplace shows besides its menu."""
    reached = reach.of_request(request)
    counted = desk.counts_of(request)
    return {
        "items": desk.first_items(reached, counted),
        "queues": [
            (queue, counted[queue.key], desk.count_in_words(counted[queue.key]))
            for queue in desk.mine(reached)
        ],
        "of_late": desk.of_late(request.user),
        "charts": figures.charts(reached),
    }


def load(request, key):
    """The queue, if the reader decides there, and what the reader reaches."""
    reached = reach.of_request(request)
    queue = desk.QUEUES.get(key)
    if queue is None or not reached.may(queue.roles):
        raise Http404
    return queue, reached


def show(request, template, context, status=200):
    context = {
        **admin.site.each_context(request),
        "of_late": desk.of_late(request.user),
        "reason_length": answers.LENGTH,
        **context,
    }
    return render(request, f"admin/desk/{template}.html", context, status=status)


# One item


def item(request, key, pk):
    queue, reached = load(request, key)
    row = decisions.waiting(queue, reached).filter(pk=pk).first()
    if row is None:
        return gone(request, queue, reached, pk)
    if request.method == "POST":
        return decide_one(request, queue, reached, row)
    return show_item(request, queue, reached, row)


def show_item(request, queue, reached, row, *, problem="", status=200):
    about, following = queue.about(row), desk.after(queue, reached, row)
    buttons = [(choice, choice.not_theirs(row, request.user)) for choice in queue.choices]
    context = {
        "title": about.title,
        "queue": queue,
        "row": row,
        "item": desk.Item(queue, row, timezone.now()),
        "about": about,
        "lines": history.of(row).select_related("person")[:5],
        "next": following,
        "previous": following and desk.before(queue, reached, row),
        "problem": problem,
        "offered": request.POST.get("offered", ""),
        "own": request.POST.get("own", ""),
        "choices": queue.choices,
        "buttons": buttons,
        "not_theirs": next(filter(None, (refusal for _choice, refusal in buttons)), None),
    }
    return show(request, "item", context, status)


def decide_one(request, queue, reached, row):
    answer = answers.given(request.POST, queue)
    choice = answer.choice
    refusal = answer.refusal or choice.not_theirs(row, request.user) or choice.why_not(row, answer.reason)
    if refusal:
        return show_item(request, queue, reached, row, problem=str(refusal), status=422)
    following = desk.after(queue, reached, row)
    _batch, found = decisions.decide(
        queue, answer.choice, [row.pk], by=request.user, reached=reached, reason=answer.reason
    )
    if not found.rows:
        return gone(request, queue, reached, row.pk)
    if following is None:
        messages.success(request, _("That was the last one here. Thank you."))
        return redirect("admin:index")
    return redirect("admin:desk_item", queue.key, following.pk)


def gone(request, queue, reached, pk):
    """An item that somebody has decided, or that was withdrawn: who and when, and the next one."""
    rows = queue.model._base_manager.filter(pk=pk)
    row = reached.limit(rows, queue.roles, station=queue.station, organisation=queue.organisation).first()
    if row is None:
        raise Http404
    [(_name, sentence)] = decisions.gone(queue, [pk], reached)
    context = {
        "title": str(row),
        "queue": queue,
        "sentence": sentence,
        "lines": history.of(row).select_related("person")[:5],
        "next": desk.in_order(queue, reached).first(),
    }
    return show(request, "gone", context, status=409 if request.method == "POST" else 200)


# A whole queue, many at once


def queue(request, key):
    queue, reached = load(request, key)
    given = request.GET.get("page", "")[:6]
    page = max(1, int(given)) if answers.NUMBER.fullmatch(given) else 1
    now, start = timezone.now(), (page - 1) * PAGE
    age = request.GET.get("age", "")
    rows = waits.of_age(desk.in_order(queue, reached), queue, age)[start : start + PAGE + 1]
    rows = list(rows)
    context = {
        "title": queue.name,
        "queue": queue,
        "items": [desk.Item(queue, row, now) for row in rows[:PAGE]],
        "page": page,
        "age": age if age in waits.AGES else "",
        "has_more": len(rows) > PAGE,
        "choices": queue.choices,
    }
    return show(request, "queue", context)


def asked(request, queue):
    """The answer for many, whether a form or the list of a model asks; a Refusal where it makes no sense."""
    answer = answers.given(request.POST if request.method == "POST" else request.GET, queue)
    refusal = answer.refusal or first_refusal([answers.check_ticked, answers.check_numbers], answer)
    if refusal:
        raise refusal
    return answer


def preview(request, key):
    """What a decision on many will do, before it is given."""
    queue, reached = load(request, key)
    try:
        answer = asked(request, queue)
        found = decisions.preview(
            queue, answer.choice, answer.numbers, by=request.user, reached=reached, reason=answer.reason
        )
    except Refusal as refusal:
        return not_like_this(request, queue, refusal)
    context = {
        "title": f"{queue.name} · {answer.choice.label}",
        "queue": queue,
        "choice": answer.choice,
        "ids": ",".join(dict.fromkeys(answer.pks)),
        "found": found,
        "choices": [answer.choice],
        "offered": answer.offered,
        "own": answer.own,
    }
    return show(request, "preview", context)


@require_POST
def decide(request, key):
    """The decision on many, as previewed; what is not possible by now is named."""
    queue, reached = load(request, key)
    try:
        answer = asked(request, queue)
        _batch, found = decisions.decide(
            queue, answer.choice, answer.numbers, by=request.user, reached=reached, reason=answer.reason
        )
    except Refusal as refusal:
        return not_like_this(request, queue, refusal)
    for name, sentence in found.refused[:NAMED]:
        messages.warning(request, f"{name}: {sentence}")
    more = len(found.refused) - NAMED
    if more > 0:
        sentence = ngettext("%(n)d more was not possible.", "%(n)d more were not possible.", more)
        messages.warning(request, sentence % {"n": more})
    return redirect("admin:desk_queue", queue.key)


def not_like_this(request, queue, refusal):
    context = {"title": queue.name, "queue": queue, "sentence": str(refusal)}
    return show(request, "not_like_this", context, status=422)


# Back again


@require_POST
def undo(request, batch: uuid.UUID):
    own = list(request.user.decisions.filter(batch=batch)[:2])
    if not own:
        raise Http404
    try:
        count = decisions.undo(batch, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:index")
    sentence = ngettext("Undone. It waits again.", "Undone. %(n)d wait again.", count)
    messages.success(request, sentence % {"n": count})
    if own[0].queue not in desk.QUEUES:
        return redirect("admin:index")
    if len(own) > 1:
        return redirect("admin:desk_queue", own[0].queue)
    return redirect(reverse("admin:desk_item", args=[own[0].queue, own[0].object_id]))
