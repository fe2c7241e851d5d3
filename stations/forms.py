from django import forms
from django.utils.translation import gettext_lazy as _


class PairingForm(forms.Form):
    code = forms.CharField(
        label=_("Pairing code"),
        help_text=_(
            "Eight letters and digits, valid for ten minutes. Spaces and small letters do not matter."
        ),
        max_length=20,
        error_messages={"required": _("Please type the pairing code.")},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )
