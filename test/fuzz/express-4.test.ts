import express from 'express4'
import { expectBadRequestsRefused } from './expectations.js'
import { expressDoor } from './express-door.js'

expectBadRequestsRefused('Express 4', expressDoor(express))
