// More like this, not this: what a visitor thinks of a song of the answer moves the answer at once.

function opinions(model, song, liked) {
  const say = like => () => model.send({ kind: 'opinion', id: song.id, like })
  const more = element('button', { type: 'button', className: 'more', onclick: say(true) }, 'More like this')
  const not = element('button', { type: 'button', className: 'not', onclick: say(false) }, 'Not this')
  more.setAttribute('aria-pressed', liked)
  for (const button of [more, not]) button.setAttribute('aria-label', `${button.textContent}: ${song.title}`)
  return [more, not]
}

// What has been said so far; each can be taken back.
function takenBack(model, said) {
  const chips = said.map(({ id, title, like }) => {
    const back = () => model.send({ kind: 'opinion', id, like })
    const text = `${like ? '+' : '−'} ${title} ×`
    const button = element('button', { type: 'button', className: 'chip', onclick: back }, text)
    button.setAttribute('aria-label', `Take back: ${like ? 'more like' : 'not'} ${title}`)
    return button
  })
  return chips.length ? [element('p', { className: 'said' }, 'You said: ', ...chips)] : []
}
