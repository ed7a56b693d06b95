# 有關檔案的說明。
file-kind-unknown = 請上載 PDF、圖片（PNG、JPEG、TIFF）、新格式的 Word、Excel 或 PowerPoint 檔案，或純文字。系統按內容而非檔名辨認。
file-gone = 檔案不在原來存放的位置，請通知系統管理人員。
error-full-heading = 儲存空間已滿
error-full-body = 磁碟沒有剩餘空間。之前已儲存的資料完好，沒有任何只寫了一半的資料。請騰出空間後再試。
import-no-column-known = 檔案沒有任何一欄對應系統的欄位。讀到的標題是：{ $headers }。請核對分隔符號、編碼及匯入種類。
import-header-unknown = 檔案沒有以「{ $header }」為標題的欄。
import-header-doubled = 檔案有多欄以「{ $header }」為標題；請按檔案次序列出每一欄。
import-header-given-twice = 「{ $header }」出現了兩次。
