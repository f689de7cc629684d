// Package words says in a person's language what a State means: headlines, phones, guests, numbers and
// times. It has every sentence of the window and of the tray, and draws nothing. Call LoadTranslations
// first; from then on any goroutine may call its functions.
package words
