"""Three sample contracts: an honest local one, one over a whole county, and the lease of a state farm."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from workflows.contract_words import (
    Bearer,
    ContractNature,
    Cost,
    PriceFormula,
    RequiredTerm,
    Retransfer,
)
from workflows.facts import ContractFacts, CostBearer, CostItem, ParcelFacts
from workflows.states import Activity, Scheme, Tenure, TitleDocument

ON = date(2026, 11, 20)

HONEST_TEXT = """第一条 合作内容
乙方协助甲方开展东坡林地的森林经营，收益按实际登记的减排量结算。
第五条 收益
乙方不保证收益，不得承诺保底、稳赚；本合同并非零成本，各项费用按第六条承担。
第六条 费用
项目设计文件、审定、监测、核查和补植的费用由乙方承担，不从收入中扣除。
第七条 退出
合同签订之日起六个月内没有开工的，甲方可以解除合同。本合同不作独家约定。
"""

COUNTY_TEXT = """第一条 乙方对全县林地的碳汇独家开发，只有我司能开发，政府背书，国家补贴。
第二条 甲方零成本，不花一分钱，三十年保底收益几个亿，稳赚不赔。
第三条 项目产生收入后，乙方先行收回全部投入，余额按甲方30%、乙方70%分配。
"""

FARM_TEXT = """第一条 甲方将林场北坡林地出租给乙方用于碳汇开发。
第二条 租期二十五年，租金一次付清。
"""


def parcel(**facts: object) -> ParcelFacts:
    """A parcel of clear title in Daiyue District."""
    clear = ParcelFacts(
        key="p1",
        name="东坡",
        district_code="370911",
        area_mu=Decimal(300),
        tenure=Tenure.HOUSEHOLD,
        title_document=TitleDocument.FOREST_RIGHT_CERTIFICATE,
        title_end=date(2060, 12, 31),
        disputed=False,
        coowner_consent="not_needed",
    )
    return replace(clear, **facts)  # type: ignore[arg-type]


HONEST = ContractFacts(
    on=ON,
    number="HT-1",
    scheme=Scheme.LOCAL_TICKET,
    activity=Activity.FOREST_MANAGEMENT,
    applicant_is_person=False,
    crediting_start=date(2027, 1, 1),
    crediting_end=date(2036, 12, 31),
    has_partner=True,
    owner="青石峪村合作社",
    partner="泰山林业服务公司",
    partner_outside=True,
    bodies_named=True,
    validator="甲审定公司",
    verifier="乙核查公司",
    validator_related_to=(),
    verifier_related_to=(),
    parcels=(parcel(),),
    area_mu=Decimal(300),
    start_on=date(2027, 1, 1),
    end_on=date(2036, 12, 31),
    nature=ContractNature.COOPERATION,
    issuer_consent=None,
    rival_claims=(),
    other_contracts=(),
    price_formula=PriceFormula.FLOOR_AND_SHARE,
    price_yuan=Decimal(180_000),
    appraised_yuan=Decimal(200_000),
    appraisal_on_file=True,
    transfers_land_rights=False,
    price_review=True,
    owner_share_pct=Decimal(70),
    partner_share_pct=Decimal(30),
    higher_share_for_costs=False,
    claims_zero_cost=False,
    costs_deducted_first=False,
    cost_bearers=tuple(CostBearer(cost=cost, bearer=Bearer.PARTNER) for cost in Cost),
    cost_items=(CostItem(name="项目设计文件", amount_yuan=Decimal(80_000), evidenced=True, supplier_related=False),),
    promises_income=True,
    claimed_t_per_mu_yr=Decimal("0.8"),
    claimed_yuan_per_t=Decimal(15),
    claimed_income_yuan=Decimal(32_400),
    claimed_years=Decimal(10),
    claimed_deduction_pct=Decimal(10),
    income_from=date(2027, 1, 1),
    application_on=date(2031, 6, 30),
    exclusive=False,
    start_milestone=True,
    start_within_months=6,
    idle_exit=True,
    retransfer=Retransfer.WITH_CONSENT,
    owner_liable=False,
    owner_may_terminate=True,
    penalty_one_sided=False,
    penalty_pct=Decimal(20),
    terms_present=tuple(RequiredTerm),
    household_consent=True,
    issuer_filing=True,
    text=HONEST_TEXT,
)
"""Ten years over 300 mu, for a ticket, at the prices and yields of published projects."""

COUNTY = ContractFacts(
    on=ON,
    scheme=Scheme.CCER,
    activity=Activity.FOREST_MANAGEMENT,
    applicant_is_person=False,
    crediting_end=date(2060, 12, 31),
    has_partner=True,
    partner_outside=True,
    parcels=(parcel(tenure=Tenure.COLLECTIVE_MANAGED, area_mu=Decimal(400_000), title_end=None, name="全县林地"),),
    start_on=date(2027, 1, 1),
    end_on=date(2056, 12, 31),
    nature=ContractNature.RIGHTS_TRANSFER,
    rival_claims=(),
    other_contracts=(),
    price_yuan=Decimal(1_000_000),
    appraised_yuan=Decimal(20_000_000),
    transfers_land_rights=True,
    land_price_yuan=Decimal(0),
    price_review=False,
    partner_share_pct=Decimal(70),
    costs_deducted_first=True,
    cost_capped=False,
    cost_bearers=(CostBearer(cost=Cost.PDD, bearer=Bearer.PARTNER),),
    promises_income=True,
    claimed_t_per_mu_yr=Decimal("2.5"),
    claimed_yuan_per_t=Decimal(120),
    claimed_income_yuan=Decimal(5_000_000_000),
    claimed_deduction_pct=Decimal(0),
    income_from=date(2018, 1, 1),
    exclusivity_has_term=False,
    exclusivity_has_exit=False,
    start_milestone=False,
    idle_exit=False,
    retransfer=Retransfer.FREE,
    owner_liable=True,
    owner_may_terminate=False,
    penalty_one_sided=True,
    terms_present=(RequiredTerm.PARTIES, RequiredTerm.TERM),
    votes_for=50,
    votes_entitled=100,
    vote_notice=False,
    township_approval=False,
    capacity_check=False,
    text=COUNTY_TEXT,
)
"""The whole county, thirty years, no cost, income guaranteed."""

FARM = replace(
    HONEST,
    scheme=Scheme.CCER,
    activity=Activity.AFFORESTATION,
    parcels=(parcel(tenure=Tenure.STATE, title_end=None, name="北坡", area_mu=Decimal(800)),),
    area_mu=Decimal(800),
    end_on=date(2051, 12, 31),
    crediting_end=date(2046, 12, 31),
    nature=ContractNature.LEASE,
    price_formula=PriceFormula.FIXED,
    price_yuan=Decimal(400_000),
    appraised_yuan=Decimal(1_000_000),
    transfers_land_rights=True,
    land_price_yuan=Decimal(400_000),
    land_appraised_yuan=Decimal(1_000_000),
    promises_income=False,
    claimed_t_per_mu_yr=None,
    claimed_yuan_per_t=None,
    claimed_income_yuan=None,
    claimed_years=None,
    claimed_deduction_pct=None,
    income_from=None,
    household_consent=None,
    issuer_filing=None,
    superior_approval=False,
    appraisal_on_file=True,
    collective_decision=True,
    public_bidding=False,
    text=FARM_TEXT,
)
"""A state farm lets land for twenty-five years, under its appraisal."""
