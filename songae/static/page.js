// What the widgets of songae share.

// Name the root for the style sheet, and keep its keys from JupyterLab, which takes Enter, the arrows and the focus.
function begin(el, name) {
  el.classList.add('songae', name)
  el.setAttribute('data-lm-suppress-shortcuts', 'true')
  el.addEventListener('keydown', event => {
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation()
  })
}

// A new element. A string among the children becomes a text node and never HTML.
function element(tag, properties = {}, ...children) {
  const e = document.createElement(tag)
  for (const [key, value] of Object.entries(properties)) {
    if (key in e) e[key] = value
    else e.setAttribute(key, value)
  }
  e.append(...children)
  return e
}

// An id that no other widget, page or upload has.
function uniqueId() {
  return Math.random().toString(36).slice(2)
}
