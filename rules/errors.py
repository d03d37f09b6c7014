"""The one exception of the rules: a request that cannot be answered, and why."""

import re

import msgspec

_PATH = re.compile(r" - at (?:`key` in )?`\$(?P<path>[^`]*)`$")
_NAMED = re.compile(r"^Object (?P<what>contains unknown|missing required) field `(?P<name>[^`]*)`$")


class RuleError(ValueError):
    """A value the rules refuse. `code` is for machines, `message` says what to do, `field` is where, e.g. `limit.unit`."""

    def __init__(self, code: str, message: str, field: str = "") -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.code = code
        self.message = message
        self.field = field

    def under(self, prefix: str) -> "RuleError":
        """The same error, its field named from further out."""
        return RuleError(self.code, self.message, join(prefix, self.field))


def join(prefix: str, field: str) -> str:
    """`a` and `b` are `a.b`, `a` and `[0]` are `a[0]`; an empty part leaves the other."""
    if not prefix or not field or field.startswith("["):
        return prefix + field
    return f"{prefix}.{field}"


def refusal(error: msgspec.ValidationError, prefix: str = "") -> RuleError:
    """What msgspec found wrong, as an error that names the field."""
    text = str(error)
    where = _PATH.search(text)
    field = join(prefix, where["path"].lstrip(".") if where else "")
    what = _PATH.sub("", text)
    if isinstance(error.__cause__, RuleError):
        return error.__cause__.under(field)
    if named := _NAMED.match(what):
        return _named(named["what"], named["name"], field)
    return RuleError("wrong_value", what, field)


def _named(what: str, name: str, field: str) -> RuleError:
    if what == "contains unknown":
        return RuleError(
            "unknown_field", f"there is no field {name!r} here; remove it or mend its spelling", join(field, name)
        )
    return RuleError("missing_field", f"the field {name!r} is required", join(field, name))
