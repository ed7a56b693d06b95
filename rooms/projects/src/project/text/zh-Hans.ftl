project-reference-elsewhere = 其他办公室的编号
project-reference-unknown = 这里没有编号为 { $value } 的项目。如果文件来自其他办公室，请将此列对应到“其他办公室的编号”，即可新增项目并另行编号。
project-enterprise-elsewhere = { $value } 是另一办公室的编号，请改填企业名称。
project-papers-lines = 多份文件的类别、日期和档号须逐行对应：其中一格有 { $lines } 行，另一格较少。
project-stage-on = 进入此阶段日期
project-status-on = 处于此状态日期
project-attraction-batch = 引进批次
project-ceremony = 签约仪式
project-commenced-on = 开始运营日期
project-move-heading = 移动 { $reference }
project-move-why-back = 退回较早阶段须填写备注：发生了什么？
project-into = 移至阶段
project-amount-hint = 只填数字：4,200 万元填 42000000，或职位数量。
project-mend-pledge = 承诺
project-mend-paper = 缺少的文件
project-more = 更多
project-facts = 基本信息
project-no-files-here = 文件请在“证明文件”标签页上传。
project-unit = 单位
project-unit-hint = 留空则使用该类别本身的单位。其他货币须附汇率，请在“承诺与成果”中输入。
project-pledged-on = 承诺日期
problem-day-before-stage = 项目自 { $day } 起处于“{ $since ->
    [identified] { stage-identified }
    [contacted] { stage-contacted }
    [engaged] { stage-engaged }
    [proposal_received] { stage-proposal-received }
    [negotiating] { stage-negotiating }
    [agreed] { stage-agreed }
    [landed] { stage-landed }
    [operating] { stage-operating }
   *[other] { $since }
 }”阶段，请填写该日或之后的日期。
problem-day-before-status = 项目状态自 { $day } 起为“{ $since ->
    [active] { status-active }
    [delayed] { status-delayed }
    [dormant] { status-dormant }
    [withdrawn] { status-withdrawn }
    [lapsed] { status-lapsed }
    [downsized] { status-downsized }
    [exited] { status-exited }
   *[other] { $since }
 }”，请填写该日或之后的日期。
problem-commenced-before-attracted = 请先登记引进：开始运营的企业必属已引进。
problem-day-before-attraction = 项目于 { $day } 引进，请填写该日或之后的日期。
problem-day-after-signing = 项目于 { $day } 签约，引进须在该日或之前。
problem-day-after-commencement = 项目于 { $day } 开始运营，引进须在该日或之前。
milestone-commenced-stands = 开始运营以该引进记录为依据，请先撤回开始运营。
problem-day-after-end = 项目已于 { $day } 终结，截至所填日期尚未恢复。请填写该日或之前的日期；如项目继续进行，请先更改项目状态。
problem-end-before-milestone = 项目于 { $day } { $milestone ->
    [attracted] 引进
    [signed] 签约
   *[other] 开始运营
 }，终结须在该日或之后。
problem-day-after-stage = 项目于 { $day } 进入“{ $since ->
    [identified] { stage-identified }
    [contacted] { stage-contacted }
    [engaged] { stage-engaged }
    [proposal_received] { stage-proposal-received }
    [negotiating] { stage-negotiating }
    [agreed] { stage-agreed }
    [landed] { stage-landed }
    [operating] { stage-operating }
   *[other] { $since }
 }”阶段，请填写该日或之前的日期。
problem-day-against-status = 项目状态自 { $day } 起为“{ $since ->
    [active] { status-active }
    [delayed] { status-delayed }
    [dormant] { status-dormant }
    [withdrawn] { status-withdrawn }
    [lapsed] { status-lapsed }
    [downsized] { status-downsized }
    [exited] { status-exited }
   *[other] { $since }
 }”，与该阶段不符，请填写其他日期。
problem-day-after-move = 该日期晚于 { $day } 的阶段变更，不能作为通过的依据，请修改其中一个日期。
problem-day-same = 现在就是这个日期。
project-pledges-held = 台账中已有：
project-counted = 已计入冻结发布的数据
project-correct-link = 更正
