// The songs of the catalog as the page knows them: ids, titles and artists, and where they lie on the map.

// Positions come as little-endian float32, which is the order of every browser's machine.
function floats(bytes) {
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
}

// A song is known by its position, from 0 on; `points` holds x and y of each.
class Songs {
  constructor(model) {
    const names = new TextDecoder().decode(model.get('names'))
    const { ids, titles, artists } = JSON.parse(names || '{"ids": [], "titles": [], "artists": []}')
    Object.assign(this, { ids, titles, artists, points: floats(model.get('points')) })
  }

  get size() { return this.ids.length }
  at(i) { return { id: this.ids[i], title: this.titles[i], artist: this.artists[i] } }
  xy(i) { return [this.points[2 * i], this.points[2 * i + 1]] }

  find(id) {
    const i = this.ids.indexOf(id)
    return i < 0 ? null : this.at(i)
  }
}
