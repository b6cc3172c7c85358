"""The page on content standards tells what is checked: each standard, who follows it and what it asks."""

from pathlib import Path

from attrs import fields

from loansms.templates import Catalogue, Element, Standard

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "content-standards.md").read_text(encoding="utf-8")
STANDARDS = Catalogue.builtin().standards


def means(names: tuple[str, ...]) -> str:
    return ", ".join(STANDARDS.elements[name].means for name in names)


def row(name: str, one: Standard) -> str:
    followed = [key for key, standard in STANDARDS.follows.items() if standard == name]
    followed += [f"purpose {key}" for key, standard in STANDARDS.purposes.items() if standard == name]
    kinds = {"in the text or the app": one.in_app, "advised": one.advised, "never": one.forbidden}
    besides = [f"{kind}: {means(names)}" for kind, names in kinds.items() if names]
    besides += [
        f"with {' or '.join(f'`{fact}`' for fact in facts)}: {means((element,))}"
        for element, facts in one.with_facts.items()
    ]
    keys = ", ".join(f"`{key}`" for key in followed)
    return f"| {one.title} | {keys} | {means(one.required)} | {'; '.join(besides)} |"


def test_the_table_says_what_the_data_says() -> None:
    told = [
        line for line in PAGE.splitlines() if line.startswith("| ") and "`" in line and line.count("|") == 5
    ]
    assert told == [row(name, one) for name, one in STANDARDS.standards.items()]


def test_every_key_of_a_file_is_explained() -> None:
    keys = {one.name for kind in (Element, Standard) for one in fields(kind)}
    assert {key for key in keys if f"`{key}`" not in PAGE} == set()
