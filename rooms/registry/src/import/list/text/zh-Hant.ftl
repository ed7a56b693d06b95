import-list-q = 檔案名稱開首
import-list-kind = 內容類別
import-list-state = 狀態
import-list-by = 匯入者
import-list-none = 沒有符合篩選條件的匯入。
