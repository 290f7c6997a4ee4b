"""Rules of a day, and changes between two, as JSON values: fields as in the files, numbers as texts. Pure."""

from __future__ import annotations

from datetime import date

from chargeback.explain.json_values import Json
from chargeback.explain.rules.in_force import Changed, Changes, InForce, Listing, Outside, terms_of
from chargeback.model.rules import Rule
from chargeback.model.versions import Version
from chargeback.render.text.rule_terms import rule_sentences
from chargeback.workspace.reports.wording import Wording


def listing_json(listing: Listing, wording: Wording) -> Json:
    """Every rule in force, with its terms as in the file and in words, and those that are not."""
    rules = listing.rules
    return {
        "date": str(listing.day),
        "in_force": [
            _named(each) | {"words": list(rule_sentences(each.rule, each.version, listing.day, rules, wording))}
            for each in listing.in_force
        ],
        "not_in_force": [_outside(each) for each in listing.outside],
    }


def changes_json(changes: Changes) -> Json:
    """The rules that begin and end, and of those that change each field before and after."""
    return {
        "from": str(changes.first),
        "to": str(changes.second),
        "begin": [_named(each) for each in changes.begin],
        "end": [_named(each) for each in changes.end],
        "change": [_changed(each) for each in changes.changed],
    }


def _named(each: InForce) -> Json:
    rule, version = each.rule, each.version
    return {
        **_rule(rule),
        "kind": rule.kind,
        "vat": version.vat or rule.vat or None,
        "pool": rule.pool,
        "group": rule.group,
        "version": str(version.valid_from),
        "valid_to": _day(version.valid_to),
        "place": str(rule.where(f"version.{rule.versions.index(version)}")),
        "references": [r.model_dump(mode="json", exclude_defaults=True) for r in version.references],
        "terms": _terms(rule, version),
    }


def _rule(rule: Rule) -> Json:
    return {"rule": rule.id, "label": rule.label.model_dump(), "service": rule.service}


def _terms(rule: Rule, version: Version) -> Json:
    """Terms of a version but its references: quantity, prices, tiers, keys, bounds; and why it is retroactive."""
    named_apart = {"id", "kind", "vat", "pool", "group", "valid_from", "references"}
    return {name: value for name, value in terms_of(rule, version).items() if name not in named_apart}


def _outside(each: Outside) -> Json:
    return {**_rule(each.rule), "ended": _day(each.ended), "begins": _day(each.begins)}


def _changed(each: Changed) -> Json:
    old, new = (terms_of(each.rule, version) for version in (each.before, each.after))
    return {
        **_rule(each.rule),
        "versions": [str(each.before.valid_from), str(each.after.valid_from)],
        "fields": {name: {"before": old.get(name), "after": new.get(name)} for name in each.fields},
    }


def _day(day: date | None) -> str | None:
    return None if day is None else str(day)
