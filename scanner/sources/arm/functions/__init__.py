"""The functions of templates, by family.  `every` imports them all, which many templates can do without."""
