; What setup says in the person's language. Each language of MUI_LANGUAGE in modelbeam.nsi has every
; sentence; makensis warns of one that is missing, and a warning ends the build.

!macro WORDS LANGUAGE PHONES SETTINGS BUSY OLD
	LangString PHONES ${LANG_${LANGUAGE}} "${PHONES}"
	LangString SETTINGS ${LANG_${LANGUAGE}} "${SETTINGS}"
	LangString BUSY ${LANG_${LANGUAGE}} "${BUSY}"
	LangString OLD ${LANG_${LANGUAGE}} "${OLD}"
!macroend

!insertmacro WORDS ENGLISH \
	"Let phones in this home connect (Windows asks once)" \
	"Also remove my settings. Phones then have to be paired again." \
	"Another program is using Modelbeam's files, so they cannot be replaced. Restart the computer, then run this setup again." \
	"Modelbeam needs Windows 10 or newer."
!insertmacro WORDS SIMPCHINESE \
	"允许家里的手机连接（Windows 会询问一次）" \
	"同时删除我的设置。之后手机需要重新配对。" \
	"其他程序正在使用 Modelbeam 的文件，因此无法替换。请重新启动电脑，然后再次运行此安装程序。" \
	"Modelbeam 需要 Windows 10 或更高版本。"
!insertmacro WORDS TRADCHINESE \
	"允許家中的手機連線（Windows 會詢問一次）" \
	"同時移除我的設定。之後手機需要重新配對。" \
	"其他程式正在使用 Modelbeam 的檔案，因此無法取代。請重新啟動電腦，然後再次執行此安裝程式。" \
	"Modelbeam 需要 Windows 10 或更新版本。"
!insertmacro WORDS JAPANESE \
	"家にあるスマートフォンからの接続を許可する（Windows の確認が 1 回表示されます）" \
	"設定も削除する（スマートフォンは再度ペアリングが必要になります）" \
	"ほかのプログラムが Modelbeam のファイルを使用しているため、置き換えることができません。コンピューターを再起動してから、もう一度このセットアップを実行してください。" \
	"Modelbeam には Windows 10 以降が必要です。"
!insertmacro WORDS KOREAN \
	"집에 있는 휴대폰의 연결 허용(Windows에서 한 번 확인합니다)" \
	"내 설정도 삭제합니다. 이후에는 휴대폰을 다시 페어링해야 합니다." \
	"다른 프로그램이 Modelbeam 파일을 사용하고 있어 바꿀 수 없습니다. 컴퓨터를 다시 시작한 다음 이 설치 프로그램을 다시 실행하세요." \
	"Modelbeam을 사용하려면 Windows 10 이상이 필요합니다."
!insertmacro WORDS GERMAN \
	"Handys im Heimnetz dürfen sich verbinden (Windows fragt einmal nach)" \
	"Auch meine Einstellungen entfernen. Handys müssen danach neu gekoppelt werden." \
	"Ein anderes Programm benutzt gerade Dateien von Modelbeam, sie lassen sich deshalb nicht ersetzen. Starte den Computer neu und führe dieses Setup dann noch einmal aus." \
	"Modelbeam benötigt Windows 10 oder neuer."
!insertmacro WORDS FRENCH \
	"Autoriser les téléphones de la maison à se connecter (Windows vous le demandera une fois)" \
	"Supprimer aussi mes réglages. Il faudra ensuite associer de nouveau les téléphones." \
	"Un autre programme utilise les fichiers de Modelbeam : ils ne peuvent pas être remplacés. Redémarrez l'ordinateur, puis relancez cette installation." \
	"Modelbeam nécessite Windows 10 ou une version plus récente."
!insertmacro WORDS SPANISH \
	"Permitir que se conecten los teléfonos de esta casa (Windows preguntará una vez)" \
	"Eliminar también mi configuración. Después habrá que volver a vincular los teléfonos." \
	"Otro programa está usando los archivos de Modelbeam y no se pueden reemplazar. Reinicia el equipo y vuelve a ejecutar este instalador." \
	"Modelbeam necesita Windows 10 o una versión posterior."
!insertmacro WORDS PORTUGUESEBR \
	"Permitir que os celulares desta casa se conectem (o Windows pergunta uma vez)" \
	"Remover também as minhas configurações. Depois, será preciso parear os celulares novamente." \
	"Outro programa está usando os arquivos do Modelbeam, por isso eles não podem ser substituídos. Reinicie o computador e execute este instalador novamente." \
	"O Modelbeam precisa do Windows 10 ou mais recente."
!insertmacro WORDS ITALIAN \
	"Consenti ai telefoni di casa di connettersi (Windows lo chiede una volta sola)" \
	"Rimuovi anche le mie impostazioni. I telefoni andranno poi associati di nuovo." \
	"Un altro programma sta usando i file di Modelbeam, che quindi non possono essere sostituiti. Riavvia il computer, poi esegui di nuovo questa installazione." \
	"Modelbeam richiede Windows 10 o versioni successive."
!insertmacro WORDS RUSSIAN \
	"Разрешить телефонам в этом доме подключаться (Windows спросит один раз)" \
	"Удалить и мои настройки. После этого телефоны придётся подключить заново." \
	"Файлы Modelbeam заняты другой программой, поэтому их не удалось заменить. Перезагрузите компьютер и снова запустите установку." \
	"Для Modelbeam нужна Windows 10 или новее."
!insertmacro WORDS VIETNAMESE \
	"Cho phép điện thoại trong nhà kết nối (Windows sẽ hỏi một lần)" \
	"Xóa cả cài đặt của tôi. Sau đó điện thoại sẽ phải ghép nối lại." \
	"Một chương trình khác đang dùng các tệp của Modelbeam nên không thể thay thế chúng. Hãy khởi động lại máy tính rồi chạy lại trình cài đặt này." \
	"Modelbeam cần Windows 10 trở lên."
