"""The words of a self-check: how a method fits a site, why not, and how grave a result is."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from workflows.contract_check import Level
from workflows.states import Fit, Misfit
from workflows.wording import Aside

FITS: Mapping[Fit, LazyString] = {
    Fit.FITS: _l("Fits"),
    Fit.COULD_FIT: _l("Could fit"),
    Fit.CANNOT: _l("Cannot be used"),
}
FIT_BADGES: Mapping[Fit, str] = {Fit.FITS: "ok", Fit.COULD_FIT: "near", Fit.CANNOT: "stop"}

WHYS: Mapping[Misfit, LazyString] = {
    Misfit.CLOSED: _l("The method is closed to new projects"),
    Misfit.NOT_YET_IN_FORCE: _l("The method is not in force yet"),
    Misfit.NOT_HERE: _l("The method cannot be used in Tai’an"),
    Misfit.ACTIVITY: _l("The method does not cover what is done on the land"),
    Misfit.FINAL: _l("A condition is not met, and nothing can change that"),
    Misfit.NO_WAY: _l("There is no way to show that the project is additional"),
    Misfit.CURABLE: _l("A condition is not met, but it can be put right"),
    Misfit.TO_JUDGE: _l("Officers have to judge it"),
    Misfit.NOT_KNOWN: _l("Facts are missing"),
    Misfit.ADDITIONALITY_OPEN: _l("Additionality is still to be shown"),
    Misfit.ACTIVITY_NOT_KNOWN: _l("What is done on the land is not stated"),
    Misfit.IN_BRIEF: _l("Its own conditions are not checked here"),
}

LEVELS: Mapping[Level, LazyString] = {
    Level.CLEAN: _l("Nothing was found."),
    Level.WARN: _l("Something is to be noted, or is not known yet."),
    Level.LEADING_GROUP: _l("Something would go to the leading group, which decides with two thirds."),
    Level.BLOCK: _l("Something stops the project until it is cured. No vote can pass over it."),
}

ASIDES: Mapping[Aside, LazyString] = {
    Aside.NEGATED: _l("seen, not counted: it is denied"),
    Aside.QUOTED: _l("seen, not counted: it is quoted"),
    Aside.VOID: _l("seen, not counted: it is declared void"),
}
