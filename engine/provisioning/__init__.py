"""From a folder of YAML to configuration: units, people, items, calendars, sources, accountability rules, settings."""
