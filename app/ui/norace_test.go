//go:build !race

package ui

// racing says that the race detector is built in, with which everything takes several times as long.
const racing = false
