"""What the cards say of innocent explanations: ruled out only by data that was seen."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from assets.cards.build import rule_cards
from rules.catalogue import RULES, load_one
from rules.model import Explanation, RuleSpec

RULE = load_one(RULES / "registered_without_tie_to_lease")
STATED = "Den folkbokförda uppger för en myndighet att hemmet är där folkbokföringen säger."


@pytest.mark.parametrize("sees_benefits", [True, False])
def test_an_unseen_source_rules_nothing_out(sees_benefits):
    """Without benefit decisions nobody knows what people stated to an authority: ask."""
    seen = {"registry", "dwelling_register", "tenancy", *(("benefits",) if sees_benefits else ())}
    [card] = rule_cards({RULE.id: RULE}, {RULE.id: seen}).to_dicts()
    assert (STATED in card["ruled_out_sv"]) is sees_benefits
    assert (STATED in card["ask_sv"]) is not sees_benefits
    texts = [one.text_sv for one in RULE.spec.innocent_explanations]
    assert sorted(card["ruled_out_sv"] + card["ask_sv"]) == sorted(texts)


def test_an_explanation_rests_on_a_used_source():
    """A needed source is always there, and an unknown one never: both are refused."""
    told = RULE.spec.model_dump(mode="json")
    for source in ("registry", "weather"):
        wrong = Explanation(id="x", text_sv="En förklaring.", handled="excluded", rests_on=source)
        with pytest.raises(ValidationError, match=f"rests_on must be a source in uses: {source}"):
            RuleSpec.model_validate({**told, "innocent_explanations": [wrong.model_dump()]})
