"""What is done with the ticked rows of a list: one by one, and where it needs a reason, asked for before."""

from django.contrib import messages
from django.template.response import TemplateResponse

from stations.refusals import Refusal


def each(request, rows, act, *, name=str) -> None:
    """`act(row)` gives the sentence that it is done; a refusal of one row does not keep the others."""
    for row in rows:
        try:
            said = act(row)
        except Refusal as refusal:
            messages.error(request, f"{name(row)}: {refusal}")
        else:
            messages.success(request, f"{name(row)}: {said}")


def reason(request) -> str:
    return request.POST.get("reason", "").strip()


def ask_why(model_admin, request, rows, *, title, template) -> TemplateResponse:
    """The page in between that says what will happen; `template` extends `admin/why.html`."""
    is_asked = "reason" in request.POST
    context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "opts": model_admin.opts,
        "rows": rows,
        "is_asked": is_asked,
    }
    return TemplateResponse(request, template, context, status=422 if is_asked else 200)
