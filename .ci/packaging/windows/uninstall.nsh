; Removing it all, but for what is the person's own unless they say so.

!define RUN "Software\Microsoft\Windows\CurrentVersion\Run"
!define APPROVED "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"

Var SettingsTick
Var SettingsToo

Function un.Ask
	!insertmacro MUI_HEADER_TEXT "$(MUI_UNTEXT_CONFIRM_TITLE)" "$(MUI_UNTEXT_CONFIRM_SUBTITLE)"
	nsDialogs::Create 1018
	Pop $0
	${NSD_CreateLabel} 0 0 100% 36u "$(^UninstallingText)"
	Pop $0
	${NSD_CreateLabel} 0 40u 100% 12u "$INSTDIR"
	Pop $0
	${NSD_CreateCheckbox} 0 64u 100% 20u "$(SETTINGS)"
	Pop $SettingsTick
	${NSD_AddStyle} $SettingsTick ${BS_MULTILINE}|${BS_TOP}
	nsDialogs::Show
FunctionEnd

Function un.Asked
	${NSD_GetState} $SettingsTick $SettingsToo
FunctionEnd

; Gone deletes a file. One that still runs is moved out of the folder, where it is in nobody's way.
!macro Gone FILE
	Delete "${FILE}"
	${If} ${FileExists} "${FILE}"
		GetTempFileName $0
		Delete $0
		Rename "${FILE}" $0
	${EndIf}
!macroend

; GoneOld does so with all that updates have renamed.
!macro GoneOld FILE
	FindFirst $1 $2 "${FILE}.*.old"
	${While} $2 != ""
		!insertmacro Gone "$INSTDIR\$2"
		FindNext $1 $2
	${EndWhile}
	FindClose $1
!macroend

Section Uninstall
	SetShellVarContext current
	Call un.StopRunning
	Call un.StopStarting
	Call un.ForgetPhones
	Delete "$SMPROGRAMS\${APP}.lnk"
	!insertmacro Gone "${WINDOW}"
	!insertmacro Gone "${SERVICE}"
	!insertmacro GoneOld "${WINDOW}"
	!insertmacro GoneOld "${SERVICE}"
	Delete "$INSTDIR\LICENSE.txt"
	Delete "$INSTDIR\third-party-licences.txt"
	Delete "$INSTDIR\uninstall.exe"
	${For} $1 1 30 ; a file may be about to go, whose program is just ending
		RMDir "$INSTDIR"
		${IfNot} ${FileExists} "$INSTDIR\*.*"
			${ExitFor}
		${EndIf}
		Sleep 100
	${Next}
	RMDir "$LOCALAPPDATA\Programs" ; nobody else is in it
	RMDir /r "$LOCALAPPDATA\${APP}\Logs"
	RMDir "$LOCALAPPDATA\${APP}"
	; What the window's library keeps of its own, in both places.
	RMDir /r "$APPDATA\fyne\${ID}"
	RMDir "$APPDATA\fyne"
	RMDir /r "$LOCALAPPDATA\fyne\${ID}"
	RMDir "$LOCALAPPDATA\fyne"
	RMDir /r "$APPDATA\modelbeam\update" ; the last setup program
	${If} $SettingsToo = ${BST_CHECKED}
		RMDir /r "$APPDATA\modelbeam"
	${EndIf}
	DeleteRegKey HKCU "${UNINSTALL}"
	DeleteRegKey /ifempty HKCU "Software\Microsoft\Windows\CurrentVersion\Uninstall"
SectionEnd

; StopStarting takes us out of what starts at login, unless it is another copy that starts there.
Function un.StopStarting
	ReadRegStr $0 HKCU "${RUN}" "${APP}"
	System::Call 'shlwapi::StrStrIW(w r0, w "${WINDOW}") p .r1'
	${If} $1 P<> 0
		DeleteRegValue HKCU "${RUN}" "${APP}"
		DeleteRegValue HKCU "${APPROVED}" "${APP}"
	${EndIf}
FunctionEnd
