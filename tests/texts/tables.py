"""Where texts stand outside ``tr(...)``: the tables that are looked up first and spoken later.

``module:NAME`` is a dict or tuple of texts; ``module:NAME.2`` the third member of each row of a
table; ``module:NAME.words+help`` these fields of each row.
"""

TABLES = (
    "kapmonitor.alarm_words:ALARM_WORDS",
    "kapmonitor.alarm_words:PHASE_WORDS",
    "kapmonitor.alarm_words:PRIORITY_WORDS",
    "kapmonitor.alarm_words:REASON_WORDS",
    "kapmonitor.checklist:SEVERITIES",
    "kapmonitor.event_words:QUICK_NOTES",
    "kapmonitor.event_words:_ALARM_STATES",
    "kapmonitor.event_words:_BACK",
    "kapmonitor.event_words:_CYCLES",
    "kapmonitor.event_words:_LINKS",
    "kapmonitor.event_words:_NOTE_WORDS",
    "kapmonitor.event_words:_TROUBLE_DETAILS",
    "kapmonitor.export.pdf:_LEGEND",
    "kapmonitor.export.pdf_chart:PANELS.title",
    "kapmonitor.export.pdf_identity:_IDENTITY",
    "kapmonitor.export.pdf_identity:_ROUTE_WORDS",
    "kapmonitor.export.pdf_leaving:_ASKED.1",
    "kapmonitor.export.pdf_page:NOTICE",
    "kapmonitor.export.pdf_page:SHORT_NOTICE",
    "kapmonitor.export.pdf_tables:_VITAL_WORDS",
    "kapmonitor.people_words:ROLE_WORDS",
    "kapmonitor.people_words:_LOCKS",
    "kapmonitor.plan:ROUTES",
    "kapmonitor.sentences:SENTENCES",
    "ui.home.help:HERE",
    "ui.home.page:NOTICE",
    "ui.keys:KEYS.words+help",
    "ui.keys:PANEL_KEYS.1",
    "ui.live.cursor_views:NAMES.1",
    "ui.live.limit_views:GROUPS",
    "ui.live.limit_views:NAMES.0",
    "ui.live.panels.small:PRESSURE_FIELDS.1",
    "ui.live.panels.small:SITES.1",
    "ui.live.screen:NOTICE",
    "ui.live.tile_views:TILES.label",
    "ui.live.tiles:_TREND_WORDS",
    "ui.live.top_bar:_STATE_WORDS",
    "ui.live.trend_views:CURVES.label",
    "ui.live.view_table:VIEWS.words+help",
    "ui.live.views:SOUND_WORDS",
    "ui.live.views:_AGAIN",
    "ui.review.compare:COMPARED.0",
    "ui.review.report_tab:FORMAT_WORDS",
    "ui.review.screen:TABS.1",
    "ui.settings.about:PARTS.0",
    "ui.settings.about:PARTS.1",
    "ui.settings.display:THEME_WORDS.1",
    "ui.settings.sections:SECTIONS.words",
    "ui.setup.choice:HEARD",
    "ui.setup.choice:NOT_HEARD",
    "ui.setup.choice:VIRTUAL.label+detail",
    "ui.verbs.keys:_RECOVERED",
    "ui.verbs.verify:_PROBLEMS",
)

DATA_FILES = (
    "kapmonitor/checklists/*.toml",
    "kapmonitor/plans/*.toml",
    "kapmonitor/emergency/*.toml",
    "kapmonitor/worksheets/*.toml",
)

# What of a data file people read. The source of a number stays in the language of its source.
DATA_KEYS = frozenset({"title", "text", "label", "low", "high", "hint", "choices", "steps", "who"})
