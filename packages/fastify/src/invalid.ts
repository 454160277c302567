/** A setting of this plugin that cannot work, reported as core reports its own. */
export function invalid(problem: string): TypeError {
  return Object.assign(new TypeError(`Invalid option ${problem}`), { code: 'ERR_INVALID_OPTION' })
}
