"""One line of the table, and the table."""
from dataclasses import dataclass, field


class NotMeasured(Exception):
    """A row that has no figure, and why."""


@dataclass
class Figure:
    """A figure, its peer's in the same run, and whether it is where it must be."""

    row: str
    figure: str
    cordon: str = "-"
    peer: str = "-"
    ratio: float | None = None
    target: str = "-"
    reached: bool | None = None
    command: str = ""
    notes: list = field(default_factory=list)
    raw: dict = field(default_factory=dict)
    unmeasured: str | None = None

    @property
    def passed(self):
        """A figure without a target cannot miss it, but one that was not measured has failed."""
        return self.unmeasured is None and self.reached is not False

    def cells(self):
        """The figure as a line of the table."""
        if self.unmeasured is not None:
            return [self.figure, "not measured", "-", "-", self.target, "no"]
        ratio = "-" if self.ratio is None else f"{self.ratio:.2g}x" if self.ratio < 10 else f"{self.ratio:.0f}x"
        reached = {None: "-", True: "yes", False: "no"}[self.reached]
        return [self.figure, self.cordon, self.peer, ratio, self.target, reached]

    def as_json(self):
        """Everything that is known of it."""
        return dict(vars(self), passed=self.passed)


HEADINGS = ["figure", "Cordon", "peer", "Cordon/peer", "target", "reached"]


def markdown(figures):
    """The figures and their notes for docs/performance.md."""
    lines = ["| " + " | ".join(row) + " |" for row in [HEADINGS, ["---"] * 6] + [one.cells() for one in figures]]
    for figure in figures:
        said = figure.notes if figure.unmeasured is None else [f"not measured: {figure.unmeasured}"]
        if said:
            lines += ["", f"**{figure.figure}**", ""] + [f"- {note}" for note in said]
    return "\n".join(lines)


def table(figures):
    """The figures in columns, then under each its command and what else was seen."""
    rows = [HEADINGS] + [figure.cells() for figure in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    for figure in figures:
        lines += ["", figure.figure]
        if figure.command:
            lines.append(f"  $ {figure.command}")
        lines += [f"  {note}" for note in figure.notes]
        if figure.unmeasured is not None:
            lines.append(f"  not measured: {figure.unmeasured}")
    return "\n".join(lines)
