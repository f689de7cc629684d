// Package tray is the icon in the tray of the desktop, which belongs to the service: it is there while no
// window is.
package tray
