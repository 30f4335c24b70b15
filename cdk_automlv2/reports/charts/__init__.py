"""Charts: a function each, from plain data to a specification that draws itself."""
