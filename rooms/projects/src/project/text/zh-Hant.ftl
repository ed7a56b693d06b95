project-reference-elsewhere = 其他辦公室的編號
project-reference-unknown = 這裏沒有編號為 { $value } 的項目。如檔案來自其他辦公室，請把此欄位對應「其他辦公室的編號」，便會新增項目並另行編號。
project-enterprise-elsewhere = { $value } 是另一辦公室的編號，請改填企業名稱。
project-papers-lines = 多份文件的類別、日期和檔號須逐行對應：其中一格有 { $lines } 行，另一格較少。
project-stage-on = 進入此階段日期
project-status-on = 處於此狀態日期
project-attraction-batch = 引進批次
project-ceremony = 簽約儀式
project-commenced-on = 開始營運日期
project-move-heading = 移動 { $reference }
project-move-why-back = 退回較早階段須填寫備註：發生了甚麼事？
project-into = 移至階段
project-amount-hint = 只填數字：4,200 萬元填 42000000，或職位數目。
project-mend-pledge = 承諾
project-mend-paper = 欠缺的文件
project-more = 更多
project-facts = 基本資料
project-no-files-here = 檔案請在「證明文件」分頁上載。
project-unit = 單位
project-unit-hint = 留空則用該類別本身的單位。其他貨幣須附匯率，請在「承諾與成果」輸入。
project-pledged-on = 承諾日期
problem-day-before-stage = 項目自 { $day } 起處於「{ $since ->
    [identified] { stage-identified }
    [contacted] { stage-contacted }
    [engaged] { stage-engaged }
    [proposal_received] { stage-proposal-received }
    [negotiating] { stage-negotiating }
    [agreed] { stage-agreed }
    [landed] { stage-landed }
    [operating] { stage-operating }
   *[other] { $since }
 }」階段，請填該日或之後的日期。
problem-day-before-status = 項目狀態自 { $day } 起為「{ $since ->
    [active] { status-active }
    [delayed] { status-delayed }
    [dormant] { status-dormant }
    [withdrawn] { status-withdrawn }
    [lapsed] { status-lapsed }
    [downsized] { status-downsized }
    [exited] { status-exited }
   *[other] { $since }
 }」，請填該日或之後的日期。
problem-commenced-before-attracted = 請先記錄引進：開始營運的企業必屬已引進。
problem-day-before-attraction = 項目於 { $day } 引進，請填該日或之後的日期。
problem-day-after-signing = 項目於 { $day } 簽約，引進須在該日或之前。
problem-day-after-commencement = 項目於 { $day } 開始營運，引進須在該日或之前。
milestone-commenced-stands = 開始營運以此引進紀錄為依據，請先撤回開始營運。
problem-day-after-end = 項目已於 { $day } 終結，至所填日期仍未恢復。請填該日或之前的日期；如項目繼續進行，請先更改項目狀況。
problem-end-before-milestone = 項目於 { $day } { $milestone ->
    [attracted] 引進
    [signed] 簽約
   *[other] 開始營運
 }，終結須在該日或之後。
problem-day-after-stage = 項目於 { $day } 進入「{ $since ->
    [identified] { stage-identified }
    [contacted] { stage-contacted }
    [engaged] { stage-engaged }
    [proposal_received] { stage-proposal-received }
    [negotiating] { stage-negotiating }
    [agreed] { stage-agreed }
    [landed] { stage-landed }
    [operating] { stage-operating }
   *[other] { $since }
 }」階段，請填該日或之前的日期。
problem-day-against-status = 項目狀態自 { $day } 起為「{ $since ->
    [active] { status-active }
    [delayed] { status-delayed }
    [dormant] { status-dormant }
    [withdrawn] { status-withdrawn }
    [lapsed] { status-lapsed }
    [downsized] { status-downsized }
    [exited] { status-exited }
   *[other] { $since }
 }」，與此階段不符，請填另一日期。
problem-day-after-move = 此日在 { $day } 進入下一階段之後，不能作為通過的依據，請更改其中一個日期。
problem-day-same = 現時已是這個日期。
project-pledges-held = 帳目內已有：
project-counted = 已計入凍結發布的資料
project-correct-link = 更正
