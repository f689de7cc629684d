; The setup program for Windows. makensis gets by -D: VERSION, NUMBERS (four of them), FILES (the folder
; with what is installed), ART (icon and pictures) and OUTPUT.
;
; It is for the one person who runs it and needs no rights: so the app can update itself with
;     setup.exe /S
; which asks nothing, replaces a running copy and starts again what ran. Only the firewall's rule is
; elevated, from the last page's tick.
Unicode true
Target amd64-unicode ; the 32-bit stub is one more thing to emulate on ARM, and does not run under a 64-bit Wine
!define APP "Modelbeam"
!define ID "app.modelbeam.Modelbeam"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\${APP}"
!define WINDOW "$INSTDIR\modelbeam.exe"
!define SERVICE "$INSTDIR\beam.exe"

Name "${APP}"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\${APP}"
InstallDirRegKey HKCU "${UNINSTALL}" "InstallLocation"
RequestExecutionLevel user
SetCompressor /SOLID lzma
AllowSkipFiles off ; a copy with one old file in it is worse than none
ShowInstDetails nevershow
ShowUninstDetails nevershow
ManifestDPIAware true
ManifestSupportedOS all
BrandingText " "
VIProductVersion "${NUMBERS}"
VIAddVersionKey /LANG=0 ProductName "${APP}"
VIAddVersionKey /LANG=0 ProductVersion "${VERSION}"
VIAddVersionKey /LANG=0 CompanyName "Modelbeam contributors"
VIAddVersionKey /LANG=0 FileDescription "${APP} setup"
VIAddVersionKey /LANG=0 FileVersion "${VERSION}"
VIAddVersionKey /LANG=0 LegalCopyright "Modelbeam contributors, MIT License"

!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh
!include WinVer.nsh
!include running.nsh
!include firewall.nsh

!define MUI_ICON "${ART}/modelbeam.ico"
!define MUI_UNICON "${ART}/modelbeam.ico"
!define MUI_WELCOMEFINISHPAGE_BITMAP "${ART}/side.bmp"
!define MUI_WELCOMEFINISHPAGE_BITMAP_STRETCH AspectFitHeight
!define MUI_FINISHPAGE_NOREBOOTSUPPORT
!define MUI_FINISHPAGE_RUN
!define MUI_FINISHPAGE_RUN_FUNCTION ShowModelbeam
!define MUI_FINISHPAGE_SHOWREADME
!define MUI_FINISHPAGE_SHOWREADME_TEXT "$(PHONES)"
!define MUI_FINISHPAGE_SHOWREADME_FUNCTION LetPhonesIn

!insertmacro MUI_PAGE_INSTFILES
!define MUI_PAGE_CUSTOMFUNCTION_SHOW FinishPage
!insertmacro MUI_PAGE_FINISH
!define MUI_UNCONFIRMPAGE ; loads the words of the page that un.Ask replaces
UninstPage custom un.Ask un.Asked
!insertmacro MUI_UNPAGE_INSTFILES

!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "SimpChinese"
!insertmacro MUI_LANGUAGE "TradChinese"
!insertmacro MUI_LANGUAGE "Japanese"
!insertmacro MUI_LANGUAGE "Korean"
!insertmacro MUI_LANGUAGE "German"
!insertmacro MUI_LANGUAGE "French"
!insertmacro MUI_LANGUAGE "Spanish"
!insertmacro MUI_LANGUAGE "PortugueseBR"
!insertmacro MUI_LANGUAGE "Italian"
!insertmacro MUI_LANGUAGE "Russian"
!insertmacro MUI_LANGUAGE "Vietnamese"
!include words.nsh

; NSIS takes the first language of the same family: Hong Kong and Macau would read simplified characters.
!macro ChooseLanguage
	System::Call "kernel32::GetUserDefaultUILanguage() i .r0"
	${If} $0 = 0x0C04
	${OrIf} $0 = 0x1404
		StrCpy $LANGUAGE ${LANG_TRADCHINESE}
	${EndIf}
!macroend

Function .onInit
	!insertmacro ChooseLanguage
	${IfNot} ${AtLeastWin10}
		MessageBox MB_OK|MB_ICONSTOP "$(OLD)" /SD IDOK
		SetErrorLevel 3
		Quit
	${EndIf}
FunctionEnd

Function un.onInit
	!insertmacro ChooseLanguage
FunctionEnd

Section
	SetShellVarContext current
	SetOutPath "$INSTDIR"
	Call StopRunning
	Call MakeWay
	${If} ${Errors}
		MessageBox MB_OK|MB_ICONSTOP "$(BUSY)" /SD IDOK
		SetErrorLevel 4
		Abort
	${EndIf}
	File "${FILES}/*"
	WriteUninstaller "$INSTDIR\uninstall.exe"
	Call ForgetOld
	; No program of ours may stand in this folder, or it could not be removed while that runs; nor may
	; the link send anything there.
	SetOutPath "$PROFILE"
	CreateShortcut "$SMPROGRAMS\${APP}.lnk" "${WINDOW}"
	WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "${APP}"
	WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
	WriteRegStr HKCU "${UNINSTALL}" "Publisher" "Modelbeam contributors"
	WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "${WINDOW}"
	WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
	WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
	WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
	WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
	WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
	${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
	WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" $0
	Call StartAgain
SectionEnd

; What could not be installed leaves what was there, and running as it was.
Function .onInstFailed
	SetOutPath "$PROFILE"
	Call PutBack
	Call StartAgain
FunctionEnd

; The tick's sentence takes two lines in most languages, where MUI has room for one. Nothing is asked for
; where Windows lets phones in already.
Function FinishPage
	System::Call "user32::DestroyWindow(p $mui.FinishPage.ShowReadme)"
	${NSD_CreateCheckbox} 120u 110u 195u 20u "$(PHONES)"
	Pop $mui.FinishPage.ShowReadme
	${NSD_AddStyle} $mui.FinishPage.ShowReadme ${BS_MULTILINE}|${BS_TOP}
	SetCtlColors $mui.FinishPage.ShowReadme "${MUI_TEXTCOLOR}" "${MUI_BGCOLOR}"
	Call FirewallLets
	${If} $0 = 1
		ShowWindow $mui.FinishPage.ShowReadme ${SW_HIDE}
	${Else}
		SendMessage $mui.FinishPage.ShowReadme ${BM_SETCHECK} ${BST_CHECKED} 0
	${EndIf}
FunctionEnd

; The rule comes first: a service without one makes Windows ask too.
Function ShowModelbeam
	SendMessage $mui.FinishPage.ShowReadme ${BM_GETCHECK} 0 0 $0
	${If} $0 = ${BST_CHECKED}
		Call LetPhonesIn
	${EndIf}
	Exec '"${WINDOW}"'
FunctionEnd

!include uninstall.nsh
