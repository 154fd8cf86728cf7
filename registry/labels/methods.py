"""The words of what a method asks of a site, and of why one does not fit."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from workflows.states import AgeGroup, Burning, Fertilising, LitterRemoval, Misfit, Soil

OF_METHODS: Mapping[type[StrEnum], Mapping[str, LazyString]] = {
    Misfit: {
        Misfit.CLOSED: _l("The method is closed to new projects"),
        Misfit.NOT_YET_IN_FORCE: _l("The method is not in force yet"),
        Misfit.NOT_HERE: _l("The method cannot be used in Tai’an"),
        Misfit.ACTIVITY: _l("The method does not cover what is done on the land"),
        Misfit.FINAL: _l("A condition is not met, and nothing can change that"),
        Misfit.NO_WAY: _l("There is no way to show that the project is additional"),
        Misfit.CURABLE: _l("A condition is not met, but it can be put right"),
        Misfit.TO_JUDGE: _l("Officers have to judge it"),
        Misfit.NOT_KNOWN: _l("Facts are missing"),
        Misfit.ADDITIONALITY_OPEN: _l("Additionality is still to be shown; one of these is enough"),
        Misfit.ACTIVITY_NOT_KNOWN: _l("What is done on the land is not stated"),
        Misfit.IN_BRIEF: _l("Its own conditions are not checked here"),
    },
    AgeGroup: {
        AgeGroup.YOUNG: _l("Young"),
        AgeGroup.MIDDLE_AGED: _l("Middle-aged"),
        AgeGroup.NEAR_MATURE: _l("Near mature"),
        AgeGroup.MATURE: _l("Mature"),
        AgeGroup.OVER_MATURE: _l("Over-mature"),
    },
    Soil: {Soil.MINERAL: _l("Mineral soil"), Soil.ORGANIC: _l("Organic soil")},
    Burning: {
        Burning.NONE: _l("No burning"),
        Burning.INFESTED_WOOD: _l("Only wood infested by pests or disease"),
        Burning.OTHER: _l("Other burning"),
    },
    LitterRemoval: {
        LitterRemoval.NONE: _l("Nothing is taken away"),
        LitterRemoval.SANITARY: _l("Only for sanitary reasons"),
        LitterRemoval.OTHER: _l("For other purposes"),
    },
    Fertilising: {
        Fertilising.NONE: _l("Nothing is spread"),
        Fertilising.COVERED: _l("In furrows or holes, and covered with soil"),
        Fertilising.SPREAD: _l("Spread over the ground"),
    },
}
