// What we have promised ourselves, each with the figure that tells whether it is so.

/**
 * @typedef {import('./main.js').Results} Results
 * @typedef {{ row: string, target: string, measured: (results: Results) => { text: string, isMet: boolean } }} Target
 */

const fixed = (/** @type {number} */ value, digits = 2) => value.toFixed(digits)
const OURS = '@resource-server/core'

/** @param {readonly { name: string }[]} list @param {string} name @returns {any} */
const named = (list, name) => list.find((entry) => entry.name === name)
/** @param {readonly { name: string }[]} list @returns {any[]} */
const peersIn = (list) =>
  list.filter(({ name }) => !/^(?:@resource-server|limit$|crypto\.|JSON\.parse|no (?:guard|library)$)/.test(name))

/** @param {Results} results @param {string} algorithm @param {number} least */
function ratioOf(results, algorithm, least) {
  const { runners } = results.new.algorithms.find((/** @type {any} */ entry) => entry.algorithm === algorithm)
  const { ratio } = named(runners, OURS)
  const best = Math.max(...peersIn(runners).map((peer) => peer.ratio))
  return { text: `${fixed(ratio)}, best peer ${fixed(best)}`, isMet: ratio >= least && ratio > best }
}

/** @param {Results} results @param {string} framework @param {'one' | 'thousand' | 'none'} column */
function httpOf(results, framework, column) {
  const { columns } = results.http.frameworks.find((/** @type {any} */ entry) => entry.framework === framework)
  const rows = columns[column]
  const ours = rows.find((/** @type {any} */ { name }) => name.startsWith('@resource-server'))
  const best = Math.max(...peersIn(rows).map((peer) => (column === 'none' ? peer.cpuRatio : peer.ratio)))
  return { ours, best }
}

/** @param {string} framework @param {'one' | 'thousand'} column @param {number} least @param {number} times @returns {Target['measured']} */
const throughput = (framework, column, least, times) => (results) => {
  const { ours, best } = httpOf(results, framework, column)
  return {
    text: `${fixed(ours.ratio)} of the bare server, ${fixed(ours.ratio / best, 1)} times the best peer`,
    isMet: ours.ratio >= least && ours.ratio >= times * best,
  }
}

/** @param {string} framework @param {number} least @returns {Target['measured']} */
const processor = (framework, least) => (results) => {
  const { ours, best } = httpOf(results, framework, 'none')
  return { text: `${fixed(ours.cpuRatio)}, best peer ${fixed(best)}`, isMet: ours.cpuRatio >= least }
}

/** @type {readonly Target[]} */
export const targets = [
  {
    row: 'a token seen before',
    target: 'at least 5 times faster than the best peer with a cache',
    measured: ({ seen }) => {
      const ours = named(seen.contestants, OURS).time.median
      const best = Math.min(...peersIn(seen.contestants).map((peer) => peer.time.median))
      return {
        text: `${fixed(ours)} µs, best peer ${fixed(best)} µs: ${fixed(best / ours, 1)} times`,
        isMet: best / ours >= 5,
      }
    },
  },
  {
    row: 'garbage for a token seen before',
    target: '≤ 150 B, the promise that is awaited apart',
    measured: ({ seen }) => {
      const bytes = named(seen.contestants, OURS).bytes.median - seen.bare.median
      return { text: `${fixed(bytes, 0)} B`, isMet: bytes <= 150 }
    },
  },
  .../** @type {[string, number][]} */ ([
    ['RS256', 0.82],
    ['PS256', 0.83],
    ['ES256', 0.9],
    ['Ed25519', 0.94],
  ]).map(([algorithm, least]) => ({
    row: `a new token, ${algorithm}`,
    target: `≥ ${fixed(least)} of the bare signature, ahead of every peer`,
    measured: (/** @type {Results} */ results) => ratioOf(results, algorithm, least),
  })),
  {
    row: '64 new tokens at once, RS256',
    target: 'ahead of every peer',
    measured: (results) => {
      const { runners } = results.new.algorithms[0]
      const ours = named(runners, OURS).together
      const best = Math.max(...peersIn(runners).map((peer) => peer.together))
      return { text: `${fixed(ours)} of the bare signatures in a row, best peer ${fixed(best)}`, isMet: ours > best }
    },
  },
  {
    row: '64 copies of one new token',
    target: 'the processor time of one signature and 63 look-ups (≤ 6 times that of one token)',
    measured: ({ burst }) => {
      const { copies } = named(burst.contestants, OURS)
      return { text: `${fixed(copies, 1)} times`, isMet: copies <= 6 }
    },
  },
  {
    row: '256 new ES256 tokens at once',
    target: 'the event loop is never blocked for more than 5 ms',
    measured: ({ burst }) => {
      const { blocked } = named(burst.contestants, OURS)
      return {
        text: `${fixed(blocked.median, 1)} ms (middle half ${fixed(blocked.low, 1)} to ${fixed(blocked.high, 1)})`,
        isMet: blocked.median <= 5,
      }
    },
  },
  {
    row: 'heap for a new token, RS256',
    target: '≤ 3 kB beyond that of the bare signature, not remembered',
    measured: (results) => {
      const { bytes } = named(results.new.algorithms[0].runners, `${OURS}, tokenCache: false`)
      return { text: `${fixed(bytes / 1000)} kB`, isMet: bytes <= 3000 }
    },
  },
  {
    row: 'Express, one token',
    target: '≥ 0.85 of the bare server, 3 times the best peer',
    measured: throughput('Express 5', 'one', 0.85, 3),
  },
  {
    row: 'Fastify, one token',
    target: '≥ 0.85 of the bare server, 1.9 times the best peer',
    measured: throughput('Fastify 5', 'one', 0.85, 1.9),
  },
  {
    row: 'Fastify, 1,000 tokens in turn',
    target: '≥ 0.85 of the bare server, 1.9 times the best peer',
    measured: throughput('Fastify 5', 'thousand', 0.85, 1.9),
  },
  {
    row: 'Express, all tokens new',
    target: '≥ 0.30 of the bare server, by processor time',
    measured: processor('Express 5', 0.3),
  },
  {
    row: 'Fastify, all tokens new',
    target: '≥ 0.28 of the bare server, by processor time',
    measured: processor('Fastify 5', 0.28),
  },
  {
    row: 'from import to the first verified token',
    target: "≤ oauth4webapi's",
    measured: (results) => {
      const { contestants } = results['cold-start']
      const ours = named(contestants, OURS).all.median
      const theirs = named(contestants, 'oauth4webapi').all.median
      return {
        text: `${fixed(ours, 0)} ms, oauth4webapi ${fixed(theirs, 0)} ms, aws-jwt-verify ${fixed(named(contestants, 'aws-jwt-verify').all.median, 0)} ms`,
        isMet: ours <= theirs,
      }
    },
  },
  {
    row: 'the same with `fetch: httpsFetch`',
    target: "ahead of aws-jwt-verify's",
    measured: (results) => {
      const { contestants } = results['cold-start']
      const ours = named(contestants, `${OURS}, httpsFetch`).all.median
      const theirs = named(contestants, 'aws-jwt-verify').all.median
      return { text: `${fixed(ours, 1)} ms, aws-jwt-verify ${fixed(theirs, 1)} ms`, isMet: ours < theirs }
    },
  },
  {
    row: 'bundle of core with the JWT path',
    target: '≤ 28 kB minified, ≤ 10 kB gzipped',
    measured: ({ bundle }) => {
      const { minified, gzipped } = named(bundle.contestants, OURS)
      return {
        text: `${fixed(minified / 1000, 1)} kB, ${fixed(gzipped / 1000, 1)} kB gzipped`,
        isMet: minified <= 28_000 && gzipped <= 10_000,
      }
    },
  },
  {
    row: 'bundle of a door, without core',
    target: '≤ 1.5 kB minified',
    measured: ({ bundle }) => {
      const [express, fastify] = ['express', 'fastify'].map(
        (name) => named(bundle.contestants, `@resource-server/${name}, the door alone`).minified,
      )
      return {
        text: `Express ${fixed(express / 1000, 1)} kB, Fastify ${fixed(fastify / 1000, 1)} kB`,
        isMet: Math.max(express, fastify) <= 1500,
      }
    },
  },
  {
    row: 'memory of a remembered token',
    target: '≤ 2.2 kB',
    measured: ({ memory }) => ({
      text: `${fixed(memory.bytesEach / 1000)} kB at ${memory.entries}`,
      isMet: memory.bytesEach <= 2200,
    }),
  },
  {
    row: 'memory after many more',
    target: 'flat, whether they are good or bad',
    measured: ({ memory: { many, growthByGood, growthByBad } }) => ({
      text: `${fixed(growthByGood * 100, 0)} % after ${many} good ones, ${fixed(growthByBad * 100, 0)} % more after as many bad ones`,
      isMet: growthByGood < 0.15 && growthByBad < 0.15,
    }),
  },
]
