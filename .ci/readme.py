"Write README.md from nbs/index.ipynb, whose links lead from nbs/ and are to lead from the top level."
import re
from pathlib import Path

import nbformat
from nbconvert import MarkdownExporter

top = Path(__file__).resolve().parent.parent
text, _ = MarkdownExporter().from_notebook_node(nbformat.read(top/'nbs/index.ipynb', as_version=4))
text = re.sub(r'\]\((?!\w+:|#)', '](nbs/', text)
(top/'README.md').write_text(re.sub(r'\n{3,}', '\n\n', text).strip() + '\n', encoding='utf-8', newline='\n')
