"""The site map. Each list stands under the prefix it is included at."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from events import (
    booking_pages,
    card_pages,
    hazard_pages,
    kiosk,
    kiosk_api,
    kiosk_bookings,
    kiosk_rewards,
    kiosk_statement,
    reward_pages,
    statement_api,
    statement_pages,
)
from events import views as events
from portal import api, pages, views
from stations import api as stations_api
from stations.views import directory, exports, pack, pairing, qr, upkeep
from volunteers import (
    agreement_pages,
    calendar_pages,
    certificate_pages,
    checkin_pages,
    hours_pages,
    shift_pages,
    team_pages,
)
from volunteers import api as volunteers_api
from volunteers import views as volunteers

# /stations/
station_urls = [
    path("", directory.directory, name="list"),
    path("pack.json", pack.manifest, name="pack"),
    path("status.json", pack.status, name="status"),
    path("suggest/", upkeep.suggest, name="suggest"),
    path("suggestions/<slug:key>/", upkeep.suggestion, name="suggestion"),
    path("faults/<slug:key>/", upkeep.fault, name="fault"),
    path("faults/<int:pk>/photo/", upkeep.fault_photo, name="fault_photo"),
    path("photos/<int:pk>/", upkeep.photo, name="photo"),
    path("<slug:code>/report/", upkeep.report, name="report"),
    path("<slug:code>/qr.svg", qr.qr_code, name="qr"),
    path("<slug:code>/", pages.station, name="detail"),
]

# /kiosk/
kiosk_urls = [
    path("", kiosk.start, name="start"),
    path("pair/", pairing.pair, name="pair"),
    path("pin/", kiosk.pin, name="pin"),
    path("rewards/", kiosk_rewards.rewards, name="rewards"),
    path("rewards/<int:pk>/", kiosk_rewards.confirm, name="confirm"),
    path("points/", kiosk_statement.points, name="points"),
    path("done/", kiosk_rewards.done, name="done"),
    path("done/print/", kiosk_rewards.print_ticket, name="print"),
    path("bookings/", kiosk_bookings.booths, name="bookings"),
    path("bookings/<int:pk>/", kiosk_bookings.booth, name="booth"),
    path("bookings/<int:pk>/<int:at>/", kiosk_bookings.book, name="book"),
    path("leave/", kiosk.leave, name="leave"),
    path("shifts/", checkin_pages.kiosk_shifts, name="shifts"),
    path("shifts/<int:pk>/", checkin_pages.kiosk_code, name="shift_code"),
]

# /days/
day_urls = [
    path("", events.days, name="days"),
]

# /rewards/
reward_urls = [
    path("", reward_pages.catalogue, name="catalogue"),
    path("<int:pk>/photo/", reward_pages.photo, name="photo"),
    path("reservations/<int:pk>/", reward_pages.reservation, name="reservation"),
    path("reservations/<int:pk>/cancel/", reward_pages.cancel, name="cancel"),
    path("<slug:code>/", reward_pages.station, name="station"),
    path("<slug:code>/reserve/<int:pk>/", reward_pages.reserve, name="reserve"),
]

# /hazards/
hazard_urls = [
    path("", hazard_pages.mine, name="mine"),
    path("report/", hazard_pages.send, name="send"),
    path("<int:pk>/", hazard_pages.report, name="report"),
    path("<int:pk>/photo/", hazard_pages.photo, name="photo"),
]

# /book/
booking_urls = [
    path("<int:pk>/", booking_pages.booth, name="booth"),
    path("<int:pk>/cancel/", booking_pages.cancel, name="cancel"),
]

# /volunteer/
volunteer_urls = [
    path("", volunteers.welcome, name="welcome"),
    path("profile/", volunteers.profile, name="profile"),
    path("credentials/add/", volunteers.add_credential, name="add_credential"),
    path("credentials/<int:pk>/document/", volunteers.document, name="document"),
    path("shifts/", volunteers.shifts, name="shifts"),
    path("shifts/<int:pk>/", shift_pages.shift, name="shift"),
    path("shifts/<int:pk>/signup/", shift_pages.sign_up, name="sign_up"),
    path("shifts/<int:pk>/cancel/", shift_pages.cancel, name="cancel"),
    path("shifts/<int:pk>/accept/", shift_pages.accept, name="accept"),
    path("shifts/<int:pk>/decline/", shift_pages.decline, name="decline"),
    path("shifts/<int:pk>/stand-in/", shift_pages.stand_in, name="stand_in"),
    path("shifts/<int:pk>/stand-in/ask/", shift_pages.ask_for_stand_in, name="ask_for_stand_in"),
    path("shifts/<int:pk>/stand-in/stop/", shift_pages.keep_place, name="keep_place"),
    path("shifts/<int:pk>/teams/<int:team>/", shift_pages.sign_up_team, name="sign_up_team"),
    path("shifts/<int:pk>/calendar.ics", volunteers.calendar, name="calendar"),
    path("check-in/<str:code>/", checkin_pages.check_in, name="check_in"),
    path("hours/", hours_pages.hours, name="hours"),
    path("hours/<int:pk>/appeal/", hours_pages.appeal, name="appeal"),
    path("certificates/", certificate_pages.my_certificates, name="certificates"),
    path("certificates/<int:pk>/", certificate_pages.certificate, name="certificate"),
    path("calendar/", calendar_pages.my_calendar, name="my_calendar"),
    path("feed/<str:token>.ics", calendar_pages.feed, name="feed"),
    path("shifts/<int:pk>/agreement/", agreement_pages.agree, name="agree"),
    path("agreements/<int:pk>/", agreement_pages.agreement, name="agreement"),
    path("teams/", team_pages.mine, name="teams"),
    path("teams/<int:pk>/add/", team_pages.add, name="add_to_team"),
    path("teams/<int:pk>/leave/", team_pages.leave, name="leave_team"),
    path("teams/<int:pk>/members/<int:member>/remove/", team_pages.remove, name="remove_from_team"),
]

# /exports/
export_urls = [
    path("stations.<slug:ending>", exports.stations, name="stations"),
    path("hsds/", exports.hsds_index, name="hsds"),
    path("hsds/<slug:name>", exports.hsds_list, name="hsds_list"),
]

# /api/v1/
api_urls = [
    path("", api.root, name="root"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api:schema", template_name="portal/api_docs.html"),
        name="docs",
    ),
    path("stations/", stations_api.StationList.as_view(), name="stations-list"),
    path("stations/<slug:code>/", stations_api.OneStation.as_view(), name="station"),
    path("shifts/", volunteers_api.ShiftList.as_view(), name="shifts-list"),
    path("shifts/<int:pk>/signup/", volunteers_api.SignupView.as_view(), name="shift-signup"),
    path("shifts/<int:pk>/offer/", volunteers_api.OfferView.as_view(), name="shift-offer"),
    path("me/points/", statement_api.MyPoints.as_view(), name="my-points"),
    path("kiosk/identify/", kiosk_api.Identify.as_view(), name="kiosk-identify"),
    path("kiosk/rewards/", kiosk_api.Rewards.as_view(), name="kiosk-rewards"),
    path("kiosk/redemptions/", kiosk_api.Redemptions.as_view(), name="kiosk-redemptions"),
]

# /
urlpatterns = [
    path("", pages.home, name="home"),
    path("stations/", include((station_urls, "stations"))),
    path("kiosk/", include((kiosk_urls, "kiosk"))),
    path("days/", include((day_urls, "events"))),
    path("rewards/", include((reward_urls, "rewards"))),
    path("hazards/", include((hazard_urls, "hazards"))),
    path("book/", include((booking_urls, "bookings"))),
    path("volunteer/", include((volunteer_urls, "volunteers"))),
    path("points/", statement_pages.table, name="points"),
    path("verify/", certificate_pages.verify, name="verify"),
    path("verify/<str:code>/", certificate_pages.verified, name="verified"),
    path("me/", views.me, name="me"),
    path("me/points/", statement_pages.my_points, name="my_points"),
    path("me/card/", card_pages.my_card, name="my_card"),
    path("me/card/code/", card_pages.my_code, name="my_card_code"),
    path("me/token/", views.token, name="token"),
    path("mailbox/", views.mailbox, name="mailbox"),
    path("privacy/", views.privacy, name="privacy"),
    path("consent/", views.consent, name="consent"),
    path("text-size/", views.text_size, name="text_size"),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include((api_urls, "api"))),
    path("exports/", include((export_urls, "exports"))),
    path("gbfs/<slug:name>.json", exports.swap_feed, name="gbfs"),
    path("healthz", views.healthz, name="healthz"),
]

handler400 = "portal.views.bad_request"
handler403 = "portal.views.permission_denied"
handler404 = "portal.views.page_not_found"
handler500 = "portal.views.server_error"
