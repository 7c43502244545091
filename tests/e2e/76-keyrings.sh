#!/bin/bash
# The short form of tests/keyrings: each provider of the Secret Service in each state.
exec "$(dirname "$0")/../keyrings/keyrings.sh" short
