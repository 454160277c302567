const collected = new Set<string>()

/** What oidc-provider had to say on the console; shown below the table, where it does not tear it apart. */
export const notices = (): string[] => [...collected]

export async function collectNotices<T>(work: () => Promise<T>): Promise<T> {
  const { info, warn } = console
  const collect = (notice: string) => collected.add(notice)
  Object.assign(console, { info: collect, warn: collect })
  try {
    return await work()
  } finally {
    Object.assign(console, { info, warn })
  }
}
