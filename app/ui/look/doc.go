// Package look is how the window looks: its colours and sizes in both themes, the shapes that its
// parts are made of, its icons, and functions that change a part only where it is not so already.
//
// Like all of Fyne it is for the goroutine that owns the window.
package look
