"""Accounts by phone or e-mail, each proved with a code: django-allauth, with one field for either."""

import unicodedata
import uuid

import phonenumbers
from allauth.account import app_settings as allauth_settings
from allauth.account import forms as allauth_forms
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.fields import PhoneField
from allauth.account.stages import EmailVerificationStage
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from django import forms
from django.conf import settings
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from events import messages
from portal import consent, demo_accounts
from portal.models import User
from stations import limits

REGION, COUNTRY_CODE = "CN", 86
# Begins the key of every message written here. No page but the demo's mailbox shows one: who could
# read the code there would "prove" a phone that is somebody else's.
KEY = "account:"
check_email = EmailValidator(_("This is not an e-mail address. Please compare it letter by letter."))


def clean_phone(text: str) -> str:
    """A mainland mobile number as E.164 (+8613800000000), or a ValidationError.

    Texts to other countries are what people who live on paid numbers abroad ask for.
    """
    problem = forms.ValidationError(
        _("This is not a mobile number. Please write 11 digits, for example 138 0000 0000."), code="phone"
    )
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException as error:
        raise problem from error
    is_mobile = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
    if number.country_code != COUNTRY_CODE or not is_mobile:
        raise problem
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class ContactField(forms.CharField):
    """A mobile number or an e-mail address, told apart by the @; cleans to (email, phone)."""

    widget = forms.TextInput(attrs={"autocomplete": "username", "inputmode": "email", "spellcheck": "false"})

    def __init__(self, **kwargs):
        super().__init__(label=_("Mobile number or e-mail"), max_length=254, **kwargs)

    def clean(self, value):
        # A Chinese keyboard may write full-width digits and ＠.
        text = unicodedata.normalize("NFKC", super().clean(value))
        if "@" in text:
            check_email(text)
            return text.lower(), ""
        return "", clean_phone(text)


class SignupForm(allauth_forms.SignupForm):
    contact = ContactField()
    name = forms.CharField(
        label=_("What we may call you"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    agree = forms.BooleanField(label=_("I have read and agree to the personal information rules"))
    field_order = ["contact", "name", "agree"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        for name in ("email", "phone", "password1"):
            del self.fields[name]

    def clean(self):
        email, phone = self.cleaned_data.get("contact", ("", ""))
        # None, because two people without an e-mail address do not share the address "".
        self.cleaned_data.update(email=email or None, phone=phone)
        if email:
            self.cleaned_data["email"] = self.validate_unique_email(email)
        return super().clean()

    def save(self, request):
        user = super().save(request)
        user.name = self.cleaned_data["name"]
        user.language = request.LANGUAGE_CODE
        user.save(update_fields=["name", "language"])
        consent.give(user)
        return user


class LoginForm(allauth_forms.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["login"].label = _("Mobile number or e-mail")
        self.fields["login"].widget.attrs.update(ContactField.widget.attrs)
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def clean_login(self):
        email, phone = ContactField().clean(self.cleaned_data["login"])
        return email or phone

    @property
    def demo(self):
        """The accounts that the page offers at one press, in the demo only."""
        return demo_accounts if settings.DEMO else None


class LoginCodeForm(allauth_forms.RequestLoginCodeForm):
    contact = ContactField()
    field_order = ["contact"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        del self.fields["email"], self.fields["phone"]

    def clean(self):
        if "contact" in self.cleaned_data:
            email, phone = self.cleaned_data["contact"]
            self.cleaned_data.update(email=email, phone=phone)
            # The parent's own checks (rate limit, whose account) belong to its two fields.
            self.clean_email()
            self.clean_phone()
        return super().clean()


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    """A code for a new password, to the phone as well: allauth's `email` then holds the number."""

    contact = ContactField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        del self.fields["email"]

    def clean(self):
        if "contact" in self.cleaned_data:
            email, phone = self.cleaned_data["contact"]
            self.cleaned_data["email"] = email or phone
            if email:
                self.clean_email()
            else:
                self.users = list(User.objects.filter(phone=phone, is_active=True))
        return super().clean()


class OnlyWhereThereIsAnAddress(EmailVerificationStage):
    """People who came by phone have proved the phone; there is no e-mail address to prove."""

    def handle(self):
        if self.login.user and not self.login.user.email:
            return None, True
        return super().handle()


class AccountAdapter(DefaultAccountAdapter):
    """Letters and codes leave through the outbox; the phone lives on the account."""

    mismatch = _(
        "The number or address and the password do not go together. You can also sign in with a code."
    )
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": mismatch,
        "phone_password_mismatch": mismatch,
        "too_many_login_attempts": _("Too many tries. Please ask for a new code, or wait five minutes."),
        "rate_limited": _("Please wait a minute before you ask for another code."),
        "incorrect_code": _("This code is not right. Please use the one in the newest message."),
        "incorrect_password": _("This is not your present password."),
        "enter_current_password": _("This is not your present password."),
        "same_as_current": _("This is your number already."),
        "duplicate_email": _("This is your e-mail address already."),
        "phone_taken": _("This number has an account already."),
        "email_taken": _("This e-mail address has an account already."),
    }

    def get_login_stages(self):
        ours = f"{__name__}.{OnlyWhereThereIsAnAddress.__qualname__}"
        theirs = f"{EmailVerificationStage.__module__}.{EmailVerificationStage.__qualname__}"
        return [ours if stage == theirs else stage for stage in super().get_login_stages()]

    def pre_authenticate(self, request, **credentials):
        """allauth counts wrong passwords by e-mail or user name; else all phones would share one count."""
        super().pre_authenticate(request, **{"username": credentials.get("phone", ""), **credentials})

    def can_delete_email(self, email_address):
        """The account's own address is changed, never taken away: messages go there."""
        return email_address.email != email_address.user.email

    def save_user(self, request, user, form, commit=True):
        # Before the first save: an account that cannot be reached is refused by the database.
        user.phone = form.cleaned_data["phone"] or None
        return super().save_user(request, user, form, commit)

    # Messages

    def send_mail(self, template_prefix, email, context):
        if "@" not in email:
            return self.text_instead(email, context)
        context = {"request": self.request, "minutes": minutes(), "site": settings.SITE_URL, **context}
        letter = self.render_mail(template_prefix, email, context)
        self.send(email, letter.subject, letter.body, context.get("user"))

    def text_instead(self, phone, context):
        """What a password reset by phone has to say."""
        if "code" in context:
            self.send_verification_code_sms(None, phone, context["code"])
        else:
            self.send_unknown_account_sms(phone)

    def send_verification_code_sms(self, user, phone, code, **kwargs):
        text = _("[Nuanyi] Your code is %(code)s, valid for %(minutes)d minutes. Do not pass it on.")
        self.send_text(phone, _("Verification code"), text % {"code": code, "minutes": minutes()}, user)

    def send_account_already_exists_sms(self, phone):
        text = _("[Nuanyi] This number has an account already. Please choose “Sign in with a code”.")
        self.send_text(phone, _("You have an account"), text)

    def send_unknown_account_sms(self, phone, **kwargs):
        text = _("[Nuanyi] There is no account for this number yet. Please choose “Make an account”.")
        self.send_text(phone, _("No account yet"), text)

    def send_text(self, phone, subject, body, person=None):
        """Texts cost money, and anybody can ask for one to anybody's number: five in ten minutes."""
        if not limits.allow("text", phone, times=5, seconds=600):
            raise ImmediateHttpResponse(respond_429(self.request))
        self.send(phone, subject, body, person)

    def send(self, address, subject, body, person=None):
        key = f"{KEY}{uuid.uuid4()}"
        messages.write(address, key=key, subject=str(subject), body=str(body), person=person)

    # The phone

    def phone_form_field(self, **kwargs):
        return PhoneField(validators=[], **kwargs)

    def clean_phone(self, phone):
        return clean_phone(phone)

    def set_phone(self, user, phone, verified):
        user.phone, user.phone_verified = phone, verified
        user.save(update_fields=["phone", "phone_verified"])

    def get_phone(self, user):
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone_verified(self, user, phone):
        self.set_phone(user, phone, True)

    def get_user_by_phone(self, phone):
        return User.objects.filter(phone=phone).first()


def minutes() -> int:
    """How long every code is good at least."""
    return (
        min(
            allauth_settings.LOGIN_BY_CODE_TIMEOUT,
            allauth_settings.PHONE_VERIFICATION_TIMEOUT,
            allauth_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT,
            allauth_settings.PASSWORD_RESET_BY_CODE_TIMEOUT,
        )
        // 60
    )
