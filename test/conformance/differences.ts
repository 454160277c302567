/** Where specifications leave a choice or contradict each other, and where we are stricter than they ask: what we do, and why. */
export interface Difference {
  readonly clause: string
  readonly others: string
  readonly ours: string
  readonly why: string
}

export const differences: readonly Difference[] = [
  {
    clause: 'RFC 6750 §2.2, §2.3',
    others: 'tokens may come in the form body or the query',
    ours: 'the header alone is read; with a token in two places the header decides',
    why: 'URLs end up in logs, bodies would have to be parsed for strangers; OAuth 2.1 has given them up',
  },
  {
    clause: 'RFC 6750 §3',
    others: 'a challenge may be answered 400 or 401 for a header that makes no sense',
    ours: '400 for a malformed header, 401 for whatever is wrong with a token',
    why: 'a new token would not mend a client that writes the header wrongly',
  },
  {
    clause: 'RFC 6750 §3',
    others: 'the scope belongs into the challenge of a 403',
    ours: 'with the option resource every 401 names it too',
    why: 'the scopes are public then, and a client without a token needs to know what to ask for',
  },
  {
    clause: 'RFC 9110 §11.6.1, §15.5.4',
    others: 'a 403 may have a challenge',
    ours: 'none where a claim or a check says no',
    why: 'no token that the client could ask for would change the answer',
  },
  {
    clause: 'RFC 9110 §15.6.4',
    others: 'nobody says what to answer when the keys cannot be had',
    ours: '503 with Retry-After and without a challenge',
    why: 'the token may be fine, and with a 401 the client would throw it away',
  },
  {
    clause: 'RFC 7515 §4, RFC 7519 §4',
    others: 'the last of two members with one name may count',
    ours: 'refused, at every depth',
    why: 'a proxy may have read the first',
  },
  {
    clause: 'RFC 7515 §4.1.11',
    others: 'critical extensions that are understood may be accepted',
    ours: 'crit is refused, whatever it names',
    why: 'access tokens need none',
  },
  {
    clause: 'RFC 7517 §5',
    others: 'any key of the set may be used',
    ours: 'private and symmetric keys, weak keys and points off the curve are left out, the others used all the same',
    why: 'with a bad key anybody could sign; and one bad member must not cost the whole set',
  },
  {
    clause: 'RFC 7518 §3.4',
    others: 'an ECDSA signature has a twin that verifies as well',
    ours: 'both pass; revocation goes by iss and jti',
    why: 'refusing one of them would refuse good tokens',
  },
  {
    clause: 'RFC 7800 §3.1',
    others: 'members of cnf that are not understood may be ignored',
    ours: 'every token with cnf is refused',
    why: 'as a bearer token it would serve a thief as well as its owner',
  },
  {
    clause: 'RFC 9068 §4',
    others: 'typ must be at+jwt',
    ours: 'under the profile jwt, the default, JWT or nothing pass too, but no token with the mark of another kind',
    why: 'many issuers write no more than that; the profile rfc9068 is strict',
  },
  {
    clause: 'RFC 9068 §2.2',
    others: 'nothing is said of an iat in the future',
    ours: 'refused beyond clockTolerance',
    why: 'whoever issues tokens of tomorrow is wrong about the time, or about more',
  },
  {
    clause: 'RFC 9470 §3',
    others: 'acr_values and max_age may be named, each for itself',
    ours: 'all that the route asks for is named, and short scopes with it',
    why: 'one visit of the user must be enough',
  },
  {
    clause: 'RFC 9728 §2',
    others: 'the document may name algorithms for signed answers',
    ours: 'it names none',
    why: 'answers are not signed, and there is no member for the algorithms of access tokens',
  },
  {
    clause: 'RFC 9864 §2',
    others: 'EdDSA and Ed25519 are two names',
    ours: 'one algorithm, where the key is on Ed25519; both must be allowed to be used',
    why: 'issuers mix them in keys and tokens',
  },
  {
    clause: 'Fetch §2.2',
    others: 'Headers joins the lines of one name',
    ours: 'two Authorization lines are malformed_credentials at a Fetch door, several_credentials elsewhere; both are 400',
    why: 'what was joined cannot be told apart any more',
  },
]
