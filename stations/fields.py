"""Two kinds of column that several models need: a set of choices, and the words to search in."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import cached_property
from django.utils.text import capfirst

from stations import search


class SeveralField(models.Field):
    """Any number of its choices, as a list of values; kept as one number with a bit for each.

    The bit is the place in the choices, so new choices go to the end. `field__has=value` finds rows.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"default": list, "blank": True, **kwargs})

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {key: kwargs[key] for key in kwargs if key not in ("default", "blank")}

    def get_internal_type(self):
        return "PositiveIntegerField"

    @cached_property
    def bits(self):
        return {known: 1 << place for place, (known, _label) in enumerate(self.flatchoices)}

    def from_db_value(self, value, expression, connection):
        # A row that a list reads beside its own, where there is none, has nothing chosen.
        return [] if value is None else [known for known, bit in self.bits.items() if value & bit]

    def get_prep_value(self, value):
        return sum({self.bits[each] for each in value})

    def to_python(self, value):
        return list(value or [])

    def validate(self, value, model_instance):
        known = dict(self.flatchoices)
        if unknown := [each for each in value if each not in known]:
            raise ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice", params={"value": unknown[0]}
            )

    def contribute_to_class(self, cls, name, **kwargs):
        super().contribute_to_class(cls, name, **kwargs)
        setattr(cls, f"get_{name}_display", lambda row: self.labels(getattr(row, name)))

    def labels(self, values):
        return [str(label) for known, label in self.flatchoices if known in values]

    def formfield(self, **kwargs):
        return forms.MultipleChoiceField(
            choices=self.choices,
            required=False,
            label=capfirst(self.verbose_name),
            help_text=self.help_text,
            widget=forms.CheckboxSelectMultiple,
        )


@SeveralField.register_lookup
class Has(models.Lookup):
    lookup_name = "has"

    def get_prep_lookup(self):
        return self.lhs.output_field.bits[self.rhs]

    def get_db_prep_lookup(self, value, connection):
        return "%s", [value]

    def as_sql(self, compiler, connection):
        column, column_params = self.process_lhs(compiler, connection)
        bit, bit_params = self.process_rhs(compiler, connection)
        return f"({column} & {bit}) <> 0", [*column_params, *bit_params]


class SearchField(models.TextField):
    """What `search.indexed` makes of other columns of the row, written whenever the row is."""

    def __init__(self, *args, sources=(), **kwargs):
        self.sources = sources
        super().__init__(*args, **{"default": "", "editable": False, **kwargs})

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "sources": self.sources}

    def pre_save(self, model_instance, add):
        words = search.indexed(*(getattr(model_instance, source) for source in self.sources))
        setattr(model_instance, self.attname, words)
        return words
