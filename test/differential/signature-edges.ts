import { ecdsaEdges } from './ecdsa-edges.js'
import { eddsaEdges } from './eddsa-edges.js'
import { rsaEdges } from './rsa-edges.js'
import { commonEdges, type SignatureEdge } from './signature-edge.js'

export const signatureEdges: readonly SignatureEdge[] = [...commonEdges, ...ecdsaEdges, ...eddsaEdges, ...rsaEdges]
