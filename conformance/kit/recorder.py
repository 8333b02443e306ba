"""
A pytest plugin that knows what the run has shown about each SDK function and qq command.

A test *claims* names with @pytest.mark.sdk / @pytest.mark.qq. A claim counts when the test passed and the
function really answered in it; a claim without such an answer fails the test. conformance/expected.json lists
what is not expected to work: a test that claims such a name must fail in exactly the way that is written there,
and when it passes the list is stale and the run fails. At the end every name of kit.catalogue has a verdict,
docs/conformance.md is written, and a verdict that nobody expected fails the run.
"""

import json
import os
from pathlib import Path
from typing import Any, Dict, List, Optional, Set, Tuple

import pytest
from qumulo.lib.request import RequestError

from kit import catalogue
from kit.outcome import NOT_BUILT, NotBuilt
from kit.verdict import Case, Expected, Verdicts, judge, load_expected
from kit.writing import summary_json, write_document

ROOT = Path(__file__).resolve().parents[2]
Claim = Tuple[str, str]


class Recorder:
    """Calls of the test that runs now in this process: ('sdk' | 'qq', name) -> it has answered at least once."""

    def __init__(self) -> None:
        self.answered: Set[Claim] = set()

    def answer(self, kind: str, name: str) -> None:
        self.answered.add((kind, name))


RECORDER = Recorder()


def claims_of(item: pytest.Item) -> List[Claim]:
    """('sdk' | 'qq', name) of the marks, without doubles; ('wire', test) for a wire case."""
    named = [(kind, name) for kind in ('sdk', 'qq') for mark in item.iter_markers(kind) for name in mark.args]
    wire = [('wire', item.name)] if item.get_closest_marker('relied_on_by') else []
    return list(dict.fromkeys(named + wire))


def relied_on(item: pytest.Item) -> List[Tuple[str, str]]:
    return [(mark.kwargs['program'], mark.kwargs['fact']) for mark in item.iter_markers('relied_on_by')]


def says_not_built(error: Optional[BaseException]) -> bool:
    while error is not None:
        if isinstance(error, NotBuilt) or (isinstance(error, RequestError) and error.status_code == NOT_BUILT):
            return True
        error = error.__cause__ or error.__context__
    return False


class Plugin:
    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.expected: Expected = load_expected(ROOT / 'conformance' / 'expected.json')
        self.is_worker = hasattr(config, 'workerinput')
        self.cases: Dict[str, Case] = {}
        self.verdicts: Optional[Verdicts] = None
        #: Every test ran to its end; nothing was selected, interrupted or crashed.
        self.is_full = False

    # -- in the process that runs the tests

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: List[pytest.Item]) -> None:
        known = {('sdk', name) for name in catalogue.sdk_functions()} | {
            ('qq', name) for name in catalogue.qq_commands()
        }
        for item in items:
            for claim in claims_of(item):
                if claim[0] != 'wire' and claim not in known:
                    raise pytest.UsageError(
                        f'{item.nodeid} claims {claim[0]} {claim[1]}, which the installed SDK does not have.'
                    )

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        RECORDER.answered = set()
        yield

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Any:
        RECORDER.answered = set()  # what fixtures called does not count
        outcome = yield
        if outcome.excinfo is not None:
            return
        claims = [claim for claim in claims_of(item) if claim[0] != 'wire']
        silent = [f'{kind} {name}' for kind, name in claims if (kind, name) not in RECORDER.answered]
        if silent:
            outcome.force_exception(AssertionError(f'the test claims {", ".join(silent)} but got no answer from it'))

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: Any) -> Any:
        outcome = yield
        report = outcome.get_result()
        claims = claims_of(item)
        not_built = call.excinfo is not None and says_not_built(call.excinfo.value)
        if report.when == 'call':
            self._compare(report, claims, not_built)
        report.user_properties.append(
            ('case', {'claims': claims, 'relied_on': relied_on(item), 'not_built': not_built})
        )

    def _compare(self, report: Any, claims: List[Claim], not_built: bool) -> None:
        surprises = [(claim, self.expected[claim]) for claim in claims if claim in self.expected]
        if not surprises:
            return
        (kind, name), expected = surprises[0]
        if report.passed:
            report.outcome = 'failed'
            report.longrepr = (
                f'{kind} {name} works, but conformance/expected.json says "{expected.verdict}": take it out there.'
            )
        elif report.failed and (expected.verdict == 'differs' or (expected.verdict == '501 by design' and not_built)):
            report.outcome = 'skipped'
            report.wasxfail = f'{expected.verdict}: {expected.why}'

    # -- in the process that reports

    def pytest_runtest_logreport(self, report: Any) -> None:
        if self.is_worker:
            return
        told = dict(report.user_properties).get('case')
        if told is None or (report.when != 'call' and report.passed):
            return
        case = self.cases.setdefault(report.nodeid, Case(report.nodeid))
        case.claims = [tuple(claim) for claim in told['claims']]
        case.relied_on = [tuple(pair) for pair in told['relied_on']]
        case.add(report.outcome, hasattr(report, 'wasxfail'), told['not_built'])

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.is_worker or self.config.option.collectonly:
            return
        came_to_its_end = session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        self.is_full = os.environ.get('QWARDEN_CONFORMANCE_FULL') == '1' and came_to_its_end
        emulator = bool(os.environ.get('QWARDEN_CONFORMANCE_EMULATORS'))
        self.verdicts = judge(self.cases.values(), self.expected)
        unexpected = self.verdicts.unexpected if self.is_full and emulator else []
        if unexpected and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        report_to = Path(os.environ.get('QWARDEN_CONFORMANCE_REPORT', ROOT / '.cache' / 'conformance.json'))
        report_to.parent.mkdir(parents=True, exist_ok=True)
        report_to.write_text(json.dumps(summary_json(self.cases.values(), self.verdicts, unexpected), indent=2) + '\n')
        if self.is_full and emulator:
            write_document(ROOT / 'docs' / 'conformance.md', self.cases.values(), self.verdicts)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.verdicts is None or self.is_worker:
            return
        if not self.is_full:
            terminalreporter.write_line('Only a part ran: docs/conformance.md is left as it is.')
            return
        if not os.environ.get('QWARDEN_CONFORMANCE_EMULATORS'):
            return
        if self.verdicts.unexpected:
            terminalreporter.section('verdicts that conformance/expected.json does not have')
            for line in self.verdicts.unexpected:
                terminalreporter.write_line(line)
        terminalreporter.write_line(f'docs/conformance.md: {self.verdicts.totals()}')


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Plugin(config), 'qwarden-recorder')
