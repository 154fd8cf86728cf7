"""The words of a survey that cannot be reckoned with: what is wrong, why it matters, what to do about it."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workflows.facts import PlotGap

Words = tuple[LazyString, LazyString, LazyString]

_SUM = _l("A total without this row would be a wrong one.")
_UNIT = _l(
    "A mu is a fifteenth of a hectare: a unit that is guessed makes the result fifteen times too large or small."
)
_DENSITY = _l("Stands in this region usually hold 5 to 400 m³ a hectare.")
_CHECKED = _l("Look at the heads and the units. If the figures are right, run the command again with --checked.")

PROBLEMS: Mapping[str, Words] = {
    "no_file": (
        _l("There is no such file, or it cannot be read."),
        _l("Nothing was read."),
        _l("Name a file, or - for standard input."),
    ),
    "too_large_file": (
        _l("It is larger than %(detail)s MB."),
        _l("A survey of a million sub-compartments is smaller."),
        _l("Leave out columns that are not needed, or divide the file by county."),
    ),
    "empty": (_l("It holds no row."), _l("There is nothing to reckon."), _l("Fill in at least one sub-compartment.")),
    "not_text": (
        _l("It is neither XLSX nor CSV or JSON text."),
        _l("Only workbooks, and text in UTF-8 or GB18030, are read here."),
        _l("Save the sheet as CSV and try again."),
    ),
    "not_json": (
        _l("It is not JSON (line %(detail)s)."),
        _l("A row that cannot be read cannot be counted."),
        _l("Look for a missing comma, bracket or quotation mark there."),
    ),
    "not_rows": (
        _l("It is no list of sub-compartments."),
        _l("Each must be an object in { }, all of them in one list."),
        _l("Compare it with the example of --schema."),
    ),
    "not_workbook": (
        _l("The workbook cannot be read."),
        _l("Nothing was read."),
        _l("Open it in Excel, save it as XLSX, and try again."),
    ),
    "too_many": (
        _l("The first sheet has more than %(detail)s rows, columns or cells."),
        _l("Nothing was read."),
        _l("Save the sheet as CSV and try again."),
    ),
    "formula": (
        _l("The cell holds a formula without a value."),
        _l("An empty cell would be counted as nothing."),
        _l("Open the file in Excel and save it, or enter the value."),
    ),
    "ragged": (
        _l("The row has %(detail)s cells, the head has %(other)s."),
        _l("It cannot be told which figure belongs to which head."),
        _l("Look for a missing or an additional comma in this row."),
    ),
    "no_years": (
        _l("The years between the two surveys are missing, or not more than 0."),
        _l("A change is one in a time."),
        _l("Give them with --years, for example --years 5"),
    ),
    "no_group": (
        _l("There is no column of this name."),
        _l("The result cannot be divided by it."),
        _l("Use one of: %(detail)s"),
    ),
    "missing_column": (
        _l("The column is missing. There are: %(detail)s"),
        _l("Without it no row can be reckoned."),
        _l("Add the column, with its unit in the head where it holds a figure."),
    ),
    "two_columns": (
        _l("Two columns hold the same: %(detail)s"),
        _l("It cannot be told which of them counts."),
        _l("Leave one of them."),
    ),
    "no_unit": (
        _l("The head names no unit."),
        _UNIT,
        _l("Write it into the head, in brackets: (mu) or (ha) for areas, (m3) or (m3/ha) for volumes."),
    ),
    "wrong_unit": (
        _l("The unit “%(detail)s” does not measure what this column holds."),
        _UNIT,
        _l("Use mu, hectares or square metres for areas, and m³, m³/ha or m³/mu for volumes."),
    ),
    "no_name": (
        _l("The row has no sub-compartment number."),
        _l("Without it nobody can tell whether it was counted twice."),
        _l("Fill in the number."),
    ),
    "twice": (
        _l("“%(detail)s” stands in row %(other)s already."),
        _l("The same land would be counted twice."),
        _l("Delete one of the rows, or correct the number."),
    ),
    "no_figure": (
        _l("“%(detail)s” is no figure."),
        _SUM,
        _l("Write digits only, with a point for decimals. Land without trees has the volume 0."),
    ),
    "no_number": (
        _l("“%(detail)s” is no number that can be reckoned with."),
        _SUM,
        _l("Give the measured figure."),
    ),
    "negative": (
        _l("“%(detail)s” is less than 0."),
        _l("Neither land nor wood can be less than nothing."),
        _l("Correct the figure. A loss is shown by comparing two surveys."),
    ),
    "too_large": (
        _l("“%(detail)s” is more than there can be."),
        _l("No single row can hold that much."),
        _l("Look for a slipped decimal point."),
    ),
    "no_land": (
        _l("The area is 0."),
        _l("Wood without land cannot be compared with anything."),
        _l("Fill in the area, or delete the row."),
    ),
    "other_area": (
        _l("Stratum “%(detail)s” has another area here than in row %(other)s."),
        _l("The area decides how much its plots weigh."),
        _l("Give every plot of a stratum the area of the whole stratum."),
    ),
    "unknown_species": (
        _l("“%(detail)s” is no species known here."),
        _SUM,
        _l("Use a survey code or a name, for example 350 for cypress."),
    ),
    "no_parameters": (
        _l("The method has no parameters on file for “%(detail)s”."),
        _l("They are not guessed, and the row is not counted as nothing."),
        _l("Ask the administrator to enter the parameters with their source."),
    ),
    "no_species": (
        _l("There is wood here, but no species."),
        _SUM,
        _l("Fill in the dominant species; land without trees has the volume 0."),
    ),
    "crossed": (
        _l("Figures stand under the species, and species under the figures."),
        _l("The two columns seem to have changed places."),
        _l("Put each column under its own head."),
    ),
    "row_too_dense": (
        _l("This row has %(detail)s m³ a hectare, more than %(other)s."),
        _l(
            "No stand in this region holds that much; the area or the volume stands in another unit than its head says."
        ),
        _CHECKED,
    ),
    "swapped": (
        _l("Half of the rows have less than %(detail)s m³ a hectare: area and volume seem to have changed places."),
        _DENSITY,
        _CHECKED,
    ),
    "mu_as_ha": (
        _l("Half of the rows have less than %(detail)s m³ a hectare: the areas seem to be in mu, not in hectares."),
        _DENSITY,
        _CHECKED,
    ),
    "ha_as_mu": (
        _l("Half of the rows have more than %(detail)s m³ a hectare: the areas seem to be in hectares, not in mu."),
        _DENSITY,
        _CHECKED,
    ),
    "too_thin": (
        _l("Half of the rows have less than %(detail)s m³ a hectare, which is very little."),
        _DENSITY,
        _CHECKED,
    ),
    "too_dense": (
        _l("Half of the rows have more than %(detail)s m³ a hectare, which is very much."),
        _DENSITY,
        _CHECKED,
    ),
}
"""Problem of a table → what is wrong, why it matters, what to do."""

HEADS: Mapping[str, LazyString] = {
    "name": _l("Sub-compartment number"),
    "species": _l("Dominant species"),
    "area": _l("Area, with its unit"),
    "volume": _l("Growing stock, with its unit"),
    "plot": _l("Plot number"),
    "stratum": _l("Stratum"),
    "carbon": _l("Carbon stock of a hectare, with its unit"),
}
"""What is asked of a table → what it is called where its head is missing."""

UNKNOWN: Mapping[str, LazyString] = {
    "no_plots": _l("The uncertainty is unknown: there are no sample plots, or a stratum has none."),
    "one_plot": _l("The uncertainty is unknown: a stratum has one plot only."),
    "no_area": _l("The uncertainty is unknown: a stratum has no area."),
    "no_number": _l("The uncertainty is unknown: a plot has no number."),
    "nothing_stands": _l("The uncertainty is unknown: nothing stands on the plots."),
}
"""Why no uncertainty can be told."""

TREES: Mapping[str, LazyString] = {
    "not_two": _l("line %(line)s: “%(detail)s” is no diameter and species with a space between them"),
    "no_diameter": _l("line %(line)s: “%(detail)s” is no diameter in cm, such as 12.3"),
    "too_thick": _l("line %(line)s: %(detail)s cm is thicker than any tree"),
    "unknown_tree": _l("line %(line)s: “%(detail)s” is no species known here"),
}
"""Why a line of a tree list cannot be read."""

PLOTS: Mapping[str, LazyString] = {
    "no_stratum": _l("%(plot)s (its stratum names no species and age group)"),
    "other_stratum": _l("%(plot)s (%(detail)s is no stratum of table 2)"),
    "not_measured": _l("%(plot)s (not measured)"),
    "no_tree_list": _l("%(plot)s (the newest measurement has no tree list)"),
    "unreadable": _l("%(plot)s (line %(detail)s of its tree list cannot be read)"),
    "other_count": _l("%(plot)s (the number of trees in its list, %(detail)s, is not that of the measurement)"),
    "no_equation": _l("%(plot)s (no tree equation on file for %(detail)s)"),
    "same_number": _l("%(plot)s (another plot has the same number)"),
}
"""Why a sample plot does not count."""


def plot(gap: PlotGap) -> str:
    """A sample plot that does not count, and why."""
    return str(PLOTS[gap.why]) % {"plot": gap.plot, "detail": gap.detail or _("its trees")}


UNVERIFIED = _l("Parameters not verified: %(what)s")
PROXY = _l("%(what)s: the parameters of another group stand in")


def problem(word: str, detail: str = "", other: str = "") -> tuple[str, str, str]:
    """What is wrong with a table or one of its rows, why it matters and what to do, in the reader's language."""
    named = {"detail": detail, "other": other}
    what, why, cure = (str(words) % named for words in PROBLEMS[word])
    return what, why, cure


def head(word: str) -> str:
    """A column in the reader's language where its head is not there, else the head as it is written."""
    return str(HEADS.get(word, word))
