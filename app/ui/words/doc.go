// Package words says in a person's language what a State means: headlines, phones, guests, numbers and
// times. It draws nothing. Its functions may be called by one goroutine at a time, after
// LoadTranslations.
package words
