"""One settings file for every engine: what differs comes from the environment.

PORTAL_MODE is `demo` (the default: embedded engines, demo accounts, a mailbox
page) or `production`, which refuses to start on anything unsafe.
"""

from datetime import timedelta
from pathlib import Path

import environ
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _
from whitenoise.compress import Compressor

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

MODE = env.str("PORTAL_MODE", "demo")
if MODE not in ("demo", "production"):
    raise ImproperlyConfigured(f"PORTAL_MODE is {MODE!r}; use 'demo' or 'production'.")
PRODUCTION = MODE == "production"
DEMO = not PRODUCTION
DEBUG = env.bool("DEBUG", False)

VAR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))
PRIVATE_FILES = VAR / "private"
for folder in (VAR, PRIVATE_FILES):
    folder.mkdir(parents=True, exist_ok=True)


def demo_secret_key():
    """A key of this machine's own, so that no key in the source is ever in use."""
    path = VAR / "secret-key"
    if not path.exists():
        path.write_text(get_random_secret_key())
        path.chmod(0o600)
    return path.read_text()


SECRET_KEY = env.str("SECRET_KEY", "") or (demo_secret_key() if DEMO else "")
# Numbers of licences and IDs are encrypted with the first; the later ones still read what is older.
FIELD_KEYS = env.list("FIELD_KEYS", default=[SECRET_KEY])
HOST = env.str("HOST", "127.0.0.1")
PORT = env.int("PORT", 8000)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", HOST] if DEMO else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", f"http://{HOST}:{PORT}").rstrip("/")

if PRODUCTION:
    for wrong, sentence in (
        (DEBUG, "DEBUG is on. Unset DEBUG."),
        (
            len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5 or "insecure" in SECRET_KEY,
            "SECRET_KEY is missing, short or a default. Set 50 or more random characters.",
        ),
        (not ALLOWED_HOSTS, "ALLOWED_HOSTS is empty. Name the hosts that serve the portal."),
        (
            any(host.startswith("*") for host in ALLOWED_HOSTS),
            "ALLOWED_HOSTS has a wildcard. Name each host.",
        ),
        (not env.str("EMAIL_URL", ""), "EMAIL_URL is missing. Set the mail server (smtp+tls://…)."),
    ):
        if wrong:
            raise ImproperlyConfigured(f"Production refuses to start: {sentence}")

INSTALLED_APPS = [
    "portal.apps.PortalConfig",
    "volunteers",
    "events",
    "stations",
    "portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.forms",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "leaflet",
    "simple_history",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "portal.files.StaticFilesMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.consent.ConsentMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = env.str("ROOT_URLCONF", "portal.urls")
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.look.look",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Engines: embedded by default, one environment variable each when outgrown.
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR / 'nuanyi.sqlite3'}")}
database = DATABASES["default"]
if database["ENGINE"] == "django.db.backends.sqlite3":
    database["OPTIONS"] = {
        # Writers queue at BEGIN instead of failing half-way.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    # A statement that comes again is planned once: a third of what the database has to do.
    database["OPTIONS"] = {"pool": True, "server_side_binding": True, "prepare_threshold": 2}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Rate limits live here: at Django's 300 entries a flood of new keys would push them out.
CACHES = {
    "default": env.cache("CACHE_URL", default="dbcache://portal_cache?max_entries=100000"),
    "memory": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", "filesystem://")
if CELERY_BROKER_URL == "filesystem://":
    QUEUE = VAR / "queue"
    for folder in ("messages", "control"):
        (QUEUE / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT = "portal.spool:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(QUEUE / "messages"),
        "data_folder_out": str(QUEUE / "messages"),
        "control_folder": str(QUEUE / "control"),
        "store_processed": False,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {"max_retries": 0}  # kombu alone would wait six seconds, see below
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False  # a message waits as a row; a dead broker must not hold up a page
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "keep the map in step": {"task": "stations.tasks.refresh_pack", "schedule": 5.0},
    "carry out decisions": {"task": "portal.tasks.carry_out_decisions", "schedule": 5.0},
    "send due messages": {"task": "events.tasks.send_due_messages", "schedule": 10.0},
    "remind of shifts": {"task": "volunteers.tasks.queue_shift_reminders", "schedule": 60.0},
    "fill free places from waiting lists": {"task": "volunteers.tasks.fill_free_places", "schedule": 60.0},
    "remind managers of unmarked shifts": {
        "task": "volunteers.tasks.remind_of_unmarked",
        "schedule": crontab(hour=9, minute=0),
    },
    "forget guardians of those of age": {
        "task": "volunteers.tasks.forget_guardians",
        "schedule": crontab(hour=0, minute=20),
    },
    "remind of documents that run out": {
        "task": "volunteers.tasks.remind_of_expiry",
        "schedule": crontab(hour=9, minute=10),
    },
    "take up imports whose worker died": {"task": "stations.tasks.take_up_imports", "schedule": 60.0},
    "take up exports of lists, delete old ones": {"task": "stations.tasks.take_up_exports", "schedule": 60.0},
    "make the exports anew": {"task": "stations.tasks.refresh_exports", "schedule": crontab(minute="*/10")},
    "take back what was not collected": {
        "task": "events.tasks.reverse_uncollected",
        "schedule": crontab(hour=0, minute=10),
    },
    "let old points expire": {
        "task": "events.tasks.expire_points",
        "schedule": crontab(day_of_month=1, hour=0, minute=40),
    },
    "publish the points of the last quarter": {
        "task": "events.tasks.publish_quarter",
        # Behind the reversals of the night; it counts once, and again where the first was missed.
        "schedule": crontab(month_of_year="1,4,7,10", day_of_month="1-7", hour=1, minute=20),
    },
    "count the books again": {"task": "events.tasks.reconcile", "schedule": crontab(hour=2, minute=30)},
    "make the shifts of series": {
        "task": "volunteers.tasks.generate_shifts",
        "schedule": crontab(hour=3, minute=30),
    },
}
# Battery-swap cabinets: each operator's GBFS station_status over HTTP; none unless named.
SWAP_FEEDS = {name: env.str(f"SWAP_FEED_{name.upper()}", "") for name in ("tower", "zheli")}
SWAP_FEEDS = {name: address for name, address in SWAP_FEEDS.items() if address}
if not all(address.startswith(("http://", "https://")) for address in SWAP_FEEDS.values()):
    raise ImproperlyConfigured("SWAP_FEED_TOWER and SWAP_FEED_ZHELI are http:// or https:// addresses.")
if SWAP_FEEDS:
    CELERY_BEAT_SCHEDULE["pull the swap cabinets"] = {"task": "stations.tasks.pull_swaps", "schedule": 60.0}
if DEMO:
    CELERY_BEAT_SCHEDULE["keep the demo fresh"] = {
        "task": "portal.tasks.refresh_demo",
        "schedule": crontab(hour=0, minute=5),
    }

# Mail: in the embedded default nothing leaves the machine; /mailbox/ shows it.
MAILBOX = not env.str("EMAIL_URL", "")
vars().update(env.email("EMAIL_URL", default="dummymail://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "暖驿 <noreply@example.org>")

# Points: what was earned in a month expires so many whole months later, on the first of the next one.
POINTS_VALID_MONTHS = 36

# Volunteers: what the federation may set for all its stations.
CANCEL_UNTIL = timedelta(hours=12)  # before the shift; later on the station is asked
OFFER_LIFE = timedelta(hours=12)  # at most, and never longer than half the time that is left
SHIFTS_A_WEEK, HOURS_A_WEEK = 7, 28
TRAVEL_KM_PER_HOUR = 15  # an e-bike's way between two stations, as the crow flies
CHECK_IN_FROM = timedelta(minutes=30)  # before the shift
CHECK_OUT_UNTIL = timedelta(hours=2)  # after it
SERIES_AHEAD = timedelta(weeks=8)  # for which the shifts of series are there
NO_SHOWS = {"times": 3, "within": timedelta(days=90), "pause": timedelta(days=30)}  # absences unexcused

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {
        # Licences and photos: never below STATIC_URL, served only by views that ask who is asking.
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_FILES, "base_url": None},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Only what pages point to is kept and compressed; maps for debuggers are not worth the minute.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
# Whoever selects 10,000 rows is told in a sentence how many go at a time, not by a bare error.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# Accounts: phone or e-mail, a code, a password only for those who want one.
AUTH_USER_MODEL = "portal.User"
SESSION_ENGINE = "portal.sessions"
AUTHENTICATION_BACKENDS = ["portal.sessions.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "me"
ACCOUNT_ADAPTER = "portal.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "portal.accounts.LoginForm",
    "signup": "portal.accounts.SignupForm",
    "request_login_code": "portal.accounts.LoginCodeForm",
    "reset_password": "portal.accounts.ResetPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "phone", "password1"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_CHANGE_EMAIL = True  # one address a person, replaced when the new one is proved
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = {
    "change_phone": "5/m/user",  # one typing mistake must not cost a minute's wait
    "verify_phone": None,  # allauth 65.21 does not catch its own limit here; AccountAdapter.send_text limits
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
# Codes that people type on a phone: six digits, as every Chinese text message has them.
ALLAUTH_USER_CODE_FORMAT = {"length": 6, "numeric": True, "dashed": False}

# Bumping the version asks everyone again at their next visit.
PRIVACY_RULES_VERSION = "2026-12"

REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "portal.tokens.HasConsented",
    ],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication",
        "portal.tokens.TokenAuthentication",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "portal.api.explain",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "暖驿 Nuanyi",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# Map tiles: none unless a source is named (layers parted by blanks), with its attribution and approval
# number (审图号). AMap's lie in GCJ-02, OpenStreetMap's and Tianditu's in WGS-84.
TILES_DATUM = env.str("TILES_DATUM", "wgs84")
if TILES_DATUM not in ("wgs84", "gcj02"):
    raise ImproperlyConfigured(f"TILES_DATUM is {TILES_DATUM!r}; use 'wgs84' or 'gcj02'.")
TILES_URL = env.str("TILES_URL", "")
TILES_ATTRIBUTION = env.str("TILES_ATTRIBUTION", "")

SELF, NONE = "'self'", "'none'"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", *env.list("TILES_HOSTS", default=[])],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SAMESITE = "Lax"
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
