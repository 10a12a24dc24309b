"""The morning report: `report.html`, one page that an investigator reads, searches and prints.

Rows from the work file (`shapes`, one `.sql` each) become what the page says (`night`, `case`) and
pictures (`ties_svg`, `timeline_svg`), which the templates write. Nothing is judged here: texts come
from the rule folders and `words.yml`.
"""
