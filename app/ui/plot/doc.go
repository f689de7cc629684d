// Package plot shows what phones used: the sums by day, model and phone, the bars, and the lists
// beside them.
//
// Like all of Fyne it is for the goroutine that owns the window.
package plot
