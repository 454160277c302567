import express from 'express'
import { expectBadRequestsRefused } from './expectations.js'
import { expressDoor } from './express-door.js'

expectBadRequestsRefused('Express 5', expressDoor(express))
