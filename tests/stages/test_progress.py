from registry.handbook import ladder
from registry.stages.progress import Proof, next_step, progress


def test_the_ladder_counts_what_the_record_and_people_say() -> None:
    stages = progress(
        "blueprint", met={"pitched", "link:note"}, found={"pitched": Proof(url="/proposals/x")},
        told={"similar-projects": [Proof(note="Compared with two")]},
    )
    assert [(stage.met_count, stage.is_reached, stage.is_current) for stage in stages[:3]] == [
        (3, True, False), (0, True, True), (0, False, False),
    ]
    proofs = [proof for checkpoint in stages[0].checkpoints for proof in checkpoint.proofs]
    assert proofs == [Proof(note="Compared with two"), Proof(url="/proposals/x")]


def test_the_next_step_is_the_stage_it_stands_on_until_all_is_met() -> None:
    idea, blueprint = ladder().stage[:2]
    told = {checkpoint.key: [Proof(note="yes")] for checkpoint in idea.checkpoint}

    first = next_step(progress("idea", met=(), found={}, told={}))
    then = next_step(progress("idea", met=(), found={}, told=told))

    assert (first and first.key, then and then.key) == (idea.key, blueprint.key)


def test_after_the_last_checkpoint_nothing_is_left_to_do() -> None:
    last = ladder().stage[-1]
    told = {checkpoint.key: [Proof()] for checkpoint in last.checkpoint}

    assert next_step(progress(last.key, met=(), found={}, told=told)) is None
