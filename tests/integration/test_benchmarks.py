"""The harness of `make bench`, once: it sees what a process costs and what it asks of AWS."""

from benchmarks.bench import Bench
from benchmarks.measured import Running, Subject
from benchmarks.operations import asked_by
from benchmarks.samples import Samples
from benchmarks.stand_in import standing_in


def test_a_submission_is_measured_from_its_start_to_a_warm_call() -> None:
    with standing_in() as account, Samples.ready(account) as samples:
        bench = Bench(account, samples, {}, rounds=1, calls=1, function="")
        subject: Subject = bench.subject("submit_incident.json")
        process = Running(subject)
        with process.started():
            first = process.call()
            asked = asked_by(bench, process)
            assert process.start.cpu > first.cpu > 0
            assert process.answered["statusCode"] == 201
        assert dict(asked.calls) == {"dynamodb.PutItem": 1}
        assert asked.read_units == 0
        assert asked.write_units > 1
        assert len(account.tables.tables["Register"].items) == 3  # the samples' own besides
