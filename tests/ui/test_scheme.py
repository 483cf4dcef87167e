"""The shop's own grades and cut points on screen: kept with one press, seen at once, taken back without other loss."""

from __future__ import annotations

from dataclasses import replace

from tests.ui.conftest import Open, shown


def test_kept_limits_are_seen_at_once_and_the_first_grades_come_back(app: Open) -> None:
    from ifdo_ui import cache

    test = app("analysis", view="rfm")
    analysis = cache.shop().workbench.analysis
    analysis.keep(replace(analysis.scheme, churn_cuts=(35, 75)))
    test.run()
    before = test.markdown[0].value
    test.radio(key="scheme.0.scoring").set_value("fixed").run()
    test.button(key="scheme.save").click().run()
    assert not test.exception
    assert analysis.scheme.scoring == "fixed"
    assert test.markdown[0].value != before
    assert "저장하면 고객" not in shown(test)
    test.button(key="scheme.reset").click().run()
    assert analysis.scheme.scoring == "quintile"
    assert analysis.scheme.churn_cuts == (35, 75)
    assert test.markdown[0].value == before
    assert not [button for button in test.button if button.key in ("scheme.reset", "scheme.save")]


def test_kept_cut_points_are_seen_at_once(app: Open) -> None:
    test = app("analysis", view="churn")
    before = [metric.value for metric in test.metric]
    test.number_input(key="churn.cut.high").set_value(95).run()
    test.button(key="churn.cut.save").click().run()
    assert not test.exception
    assert [metric.value for metric in test.metric] != before
    assert not [button for button in test.button if button.key == "churn.cut.save"]
