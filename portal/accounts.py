"""Accounts by phone or e-mail, each proved with a code: django-allauth, with one field for either."""

import uuid

import phonenumbers
from allauth.account import forms as allauth_forms
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.fields import PhoneField
from allauth.account.stages import EmailVerificationStage
from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from events import messages
from portal import consent
from portal.models import User

REGION = "CN"


def clean_phone(text: str) -> str:
    """A mobile number as E.164 (+8613800000000), or a ValidationError."""
    problem = forms.ValidationError(
        _("This is not a mobile number. Please write 11 digits, for example 138 0000 0000."), code="phone"
    )
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException as error:
        raise problem from error
    kind = phonenumbers.number_type(number)
    if kind not in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE):
        raise problem
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class ContactField(forms.CharField):
    """A mobile number or an e-mail address, told apart by the @; cleans to (email, phone)."""

    widget = forms.TextInput(attrs={"autocomplete": "username", "inputmode": "email", "spellcheck": "false"})

    def __init__(self, **kwargs):
        super().__init__(label=_("Mobile number or e-mail"), max_length=254, **kwargs)

    def clean(self, value):
        text = super().clean(value).strip()
        if "@" in text:
            validate_email(text)
            return text.lower(), ""
        return "", clean_phone(text)


class SignupForm(allauth_forms.SignupForm):
    contact = ContactField()
    name = forms.CharField(label=_("What we may call you"), max_length=40)
    agree = forms.BooleanField(label=_("I have read and agree to the personal information rules"))
    field_order = ["contact", "name", "agree"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("email", "phone", "password1"):
            del self.fields[name]

    def clean(self):
        email, phone = self.cleaned_data.get("contact", ("", ""))
        self.cleaned_data.update(email=email, phone=phone)
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
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Mobile number or e-mail")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        self.fields["login"].widget.attrs["autocomplete"] = "username"

    def clean_login(self):
        email, phone = ContactField().clean(self.cleaned_data["login"])
        return email or phone


class LoginCodeForm(allauth_forms.RequestLoginCodeForm):
    contact = ContactField()
    field_order = ["contact"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["email"], self.fields["phone"]

    def clean(self):
        if "contact" in self.cleaned_data:
            email, phone = self.cleaned_data["contact"]
            self.cleaned_data.update(email=email, phone=phone)
            # The parent's own checks (rate limit, whose account) belong to its two fields.
            self.clean_email()
            self.clean_phone()
        return super().clean()


class OnlyWhereThereIsAnAddress(EmailVerificationStage):
    """People who came by phone have proved the phone; there is no e-mail address to prove."""

    def handle(self):
        if self.login.user and not self.login.user.email:
            return None, True
        return super().handle()


class AccountAdapter(DefaultAccountAdapter):
    """Letters and codes leave through the outbox; the phone lives on the account."""

    def get_login_stages(self):
        ours = f"{__name__}.{OnlyWhereThereIsAnAddress.__qualname__}"
        theirs = f"{EmailVerificationStage.__module__}.{EmailVerificationStage.__qualname__}"
        return [ours if stage == theirs else stage for stage in super().get_login_stages()]

    def send_mail(self, template_prefix, email, context):
        letter = self.render_mail(template_prefix, email, {"request": self.request, **context})
        self.send(email, letter.subject, letter.body, context.get("user"))

    def send_verification_code_sms(self, user, phone, code, **kwargs):
        text = _("[Nuanyi] Your verification code is %(code)s, valid for 15 minutes. Do not pass it on.")
        self.send(phone, _("Verification code"), text % {"code": code}, user)

    def send_account_already_exists_sms(self, phone):
        text = _("[Nuanyi] This number has an account already. Please choose “Sign in”.")
        self.send(phone, _("You have an account"), text, None)

    def send_unknown_account_sms(self, phone, **kwargs):
        text = _("[Nuanyi] There is no account for this number yet. Please choose “Make an account”.")
        self.send(phone, _("No account yet"), text, None)

    def send(self, address, subject, body, person):
        messages.write(
            address, key=f"account:{uuid.uuid4()}", subject=str(subject), body=str(body), person=person
        )

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
