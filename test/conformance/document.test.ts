import { expect, test } from 'vitest'
import { doors } from '../support/doors.js'
import { conformanceDocument } from './document.js'

test('docs/conformance.md says what the table says', async () => {
  await expect(conformanceDocument(doors.map(({ name }) => name))).toMatchFileSnapshot('../../docs/conformance.md')
})
