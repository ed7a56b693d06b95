looks-heading = 誰看過
looks-about = 打開、匯出或列印限閱記錄，每人每小時記一次；打開文件的檔案，每次均記錄。
looks-none = 在有記錄的範圍內，尚無人看過。
looks-at = 時間
looks-who = 何人
looks-way = 途徑
looks-what = 內容
